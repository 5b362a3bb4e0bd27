"""A page of another site in a real browser asks the local cloud. It is refused: it reads nothing, and nothing runs."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from playwright.sync_api import Browser, Page

from predmon.tools import browser
from tests.local.conftest import Cloud

REBOUND = "rebound.example"
"""A name that leads to this machine, as an attacker's name server can make one."""
ASK = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return answer.type === "opaque" ? "sent" : `${answer.status}`;
    } catch (error) {
        return "refused";
    }
}"""
WHAT_IT_HOLDS = {"engine": "/_cat/indices", "emulator": "/_ministack/health", "preview": "/app/dashboards"}
SENTENCE = '{"sentence": "A page of another site wrote this."}'


class Blank(BaseHTTPRequestHandler):
    """The other site: an empty page, and a link for each address in its query."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<a href="{self.path.partition("?")[2]}">look</a>'.encode())

    def log_message(self, *_: object) -> None:
        """Keep the output clean."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.launched(REBOUND) as found:
        yield found


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """Return the address of the other site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Blank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(chromium: Browser, stranger: str) -> Iterator[Page]:
    """Open a page of the other site."""
    page = chromium.new_page()
    page.goto(stranger)
    yield page
    page.close()


def addresses(cloud: Cloud) -> dict[str, str]:
    names = {"engine": "OPENSEARCH_URL", "emulator": "AWS_ENDPOINT_URL", "preview": "DASHBOARDS_URL"}
    return {name: cloud.env[variable] for name, variable in names.items()}


@pytest.mark.parametrize("service", ["engine", "emulator", "preview"])
@pytest.mark.parametrize("path", ["/", "/_cat/indices", "/_ministack/health", "/api/status"])
def test_another_sites_page_reads_nothing(cloud: Cloud, page: Page, service: str, path: str) -> None:
    assert page.evaluate(ASK, [addresses(cloud)[service] + path, {}]) == "refused"


def test_another_sites_page_writes_nothing_into_the_engine(cloud: Cloud, page: Page) -> None:
    engine = addresses(cloud)["engine"]
    cloud.search.indices.create(index="harmless")

    sent = page.evaluate(ASK, [f"{engine}/harmless/_close", {"method": "POST", "mode": "no-cors"}])
    page.evaluate(ASK, [f"{engine}/harmless", {"method": "DELETE"}])

    assert sent == "sent"
    assert cloud.search.cat.indices(index="harmless", h="status").strip() == "open"
    cloud.search.indices.delete(index="harmless")


def test_another_sites_page_runs_nothing_in_the_emulator(cloud: Cloud, page: Page) -> None:
    emulator = addresses(cloud)["emulator"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    action = "Action=CreateQueue&QueueName=harmless&Version=2012-11-05"
    simple = {"method": "POST", "mode": "no-cors", "headers": form, "body": action}

    assert page.evaluate(ASK, [emulator, simple]) == "sent"
    page.evaluate(ASK, [f"{emulator}/harmless-bucket", {"method": "PUT"}])

    assert not cloud.client("sqs").list_queues(QueueNamePrefix="harmless").get("QueueUrls")
    assert "harmless-bucket" not in [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]]


def test_another_sites_page_does_not_call_the_model(cloud: Cloud, page: Page) -> None:
    asked = {"method": "POST", "mode": "no-cors", "body": SENTENCE}

    assert page.evaluate(ASK, [cloud.outputs["InferenceUrl"], asked]) == "sent"

    lines = cloud.client("logs").filter_log_events(logGroupName=cloud.outputs["LogGroupNames"])["events"]
    assert not any("A page of another site" in line["message"] for line in lines)


def test_another_sites_page_changes_no_dashboard(cloud: Cloud, page: Page) -> None:
    url = f"{addresses(cloud)['preview']}/api/saved_objects/_import?overwrite=true"

    page.evaluate(ASK, [url, {"method": "POST", "mode": "no-cors", "body": "{}"}])

    assert page.evaluate(ASK, [url, {"method": "POST", "headers": {"osd-xsrf": "true"}, "body": "{}"}]) == "refused"


@pytest.mark.parametrize("service", ["engine", "emulator", "preview"])
def test_a_page_whose_name_leads_here_reads_nothing(cloud: Cloud, chromium: Browser, service: str) -> None:
    page = chromium.new_page()
    port = addresses(cloud)[service].rpartition(":")[2]

    shown = page.goto(f"http://{REBOUND}:{port}/")

    assert shown and shown.status == 403
    assert page.evaluate(ASK, [WHAT_IT_HOLDS[service], {}]) == "403"
    page.close()


@pytest.mark.parametrize(("service", "status"), [("preview", 200), ("engine", 403), ("emulator", 403)])
def test_a_link_of_another_site_opens_the_dashboards_only(
    cloud: Cloud, page: Page, stranger: str, service: str, status: int
) -> None:
    url = f"{addresses(cloud)[service]}{WHAT_IT_HOLDS[service]}"
    page.goto(f"{stranger}?{url}")

    with page.expect_response(url) as opened:
        page.click("a")

    assert opened.value.status == status


@pytest.mark.parametrize("service", ["engine", "emulator", "preview"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.rebound.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_what_only_a_strangers_page_sends_is_refused(cloud: Cloud, service: str, headers: dict[str, str]) -> None:
    url = f"{addresses(cloud)[service]}{WHAT_IT_HOLDS[service]}"

    assert requests.get(url).status_code == 200
    assert requests.get(url, headers=headers).status_code == 403


def test_no_answer_lets_other_sites_read_it(cloud: Cloud) -> None:
    for url in (*addresses(cloud).values(), f"{addresses(cloud)['emulator']}/_ministack/health"):
        for answer in (requests.get(url), requests.options(url)):
            assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


def test_a_program_without_the_secret_asks_the_emulator_in_vain(cloud: Cloud) -> None:
    answer = requests.get(f"{addresses(cloud)['emulator']}/{cloud.outputs['FailureBucketName']}?list-type=2")

    assert answer.status_code == 403
    assert "source .local/env" in answer.json()["message"]
    assert (cloud.home / "env").stat().st_mode & 0o077 == 0
