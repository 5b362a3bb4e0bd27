"""Which requests a server on this machine answers: those of its own pages and of programs."""

import pytest

from dashboards.preview.own_pages import refusal

HOST = {"host": "127.0.0.1:5601"}
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    "headers",
    [
        HOST,
        {"host": "localhost"},
        {"host": "LOCALHOST:80"},
        HOST | {"origin": "http://127.0.0.1:5601", "sec-fetch-site": "same-origin"},
        HOST | {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        HOST | {"sec-fetch-mode": "cors"},  # what `fetch` in Node sends
    ],
)
def test_a_program_and_a_page_of_ours_are_answered(headers: dict[str, str]) -> None:
    assert refusal(headers) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "rebound.example",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example:80",
        "rebound.example#127.0.0.1",
        "127.0.0.1:80@rebound.example",
        "127.0.0.2",
        "[::1]",
        "127x0x0x1",
        "127.0.0.1:",
        "127.0.0.1\n",
    ],
)
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    assert "is called 127.0.0.1 or localhost" in str(refusal({"host": host}))
    assert refusal({"host": host, "origin": f"http://{host}"})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://localhost:5601"},
        {"origin": "https://127.0.0.1:5601"},
        {"origin": "https://stranger.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        LINK | {"sec-fetch-dest": "iframe"},
        LINK | {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        LINK | {"origin": "https://stranger.example"},
    ],
)
def test_another_sites_page_is_refused(headers: dict[str, str]) -> None:
    assert "pages of other sites" in str(refusal(HOST | headers, takes_links=True))


def test_a_link_opens_only_what_takes_links() -> None:
    assert refusal(HOST | LINK, takes_links=True) is None
    assert refusal(HOST | LINK)
