"""The Dashboards under test: the preview, or the real one that DASHBOARDS_URL names."""

import os
import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch
from playwright.sync_api import Browser, Page

from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import load
from predmon.local.preview import Preview
from predmon.local.processes import free_port
from predmon.paths import ROOT
from predmon.tools import browser, cdk
from stacks.constructs.index_templates import TEMPLATE_FILES
from tests.local.dashboards.parts import LIVE, Events, Server, forget, of_group

OWN_PROBLEMS = (
    "Executing inline script violates the following Content Security Policy", "Failed to load resource",
    "Error: <svg> attribute",
)  # fmt: skip
"""Messages in the console of a healthy Dashboards: its own test of the policy, any answer that is not 2xx, and a Vega
panel that it draws before it knows its size. A test asks for such an answer with a bad query, and checks it on the
page."""
OURS = "/test/dashboards/"
"""What the name of each test's log group begins with."""
TEMPLATES = {name: (ROOT / file).read_text() for name, file in TEMPLATE_FILES.items()}
"""The import creates a first index for each pattern, so each pattern needs its template before."""


@pytest.fixture(scope="session")
def engine_url(request: pytest.FixtureRequest) -> str:
    """Return the OpenSearch under test: the one behind DASHBOARDS_URL, else the session's own."""
    if not os.environ.get("DASHBOARDS_URL"):
        return str(request.getfixturevalue("opensearch_url"))
    behind = os.environ.get("OPENSEARCH_URL")
    assert behind, "DASHBOARDS_URL is set: set OPENSEARCH_URL to the OpenSearch behind it, too"
    return behind


@pytest.fixture(scope="session")
def preview(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a preview for the tests, with the repository's objects."""
    cdk.command("version")  # installs what the local cloud takes from npm, the charts among it
    service = Preview(tmp_path_factory.mktemp("preview"))
    server = Server(service.start(engine_url, free_port()), engine_url)
    import_everything(server.config, load(), TEMPLATES)
    yield server
    service.stop()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, engine_url: str) -> Server:
    """Return the Dashboards that DASHBOARDS_URL names, else the preview."""
    if real := os.environ.get("DASHBOARDS_URL"):
        return Server(real.rstrip("/"), engine_url)
    return request.getfixturevalue("preview")


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left(engine_url: str) -> Iterator[None]:
    """Fail if a test leaves documents where people have theirs. They may look at a real Dashboards meanwhile."""
    yield
    engine = OpenSearch(engine_url)
    engine.indices.refresh(index=LIVE, ignore_unavailable=True)
    assert engine.count(index=LIVE, body={"query": of_group(OURS)}, ignore_unavailable=True)["count"] == 0


@pytest.fixture(scope="session")
def imported(server: Server) -> str:
    """Import the repository's objects, and return the dashboard's permalink."""
    return import_everything(server.config, load(), TEMPLATES).dashboard_url


@pytest.fixture
def events(engine_url: str, imported: str) -> Iterator[Events]:
    """Return an empty set of events. Sending needs the templates, so the import comes first. Delete them at the end."""
    found = Events(OpenSearch(engine_url, timeout=60), f"{OURS}{uuid.uuid4().hex}", [])
    yield found
    forget(found.engine, found.log_group)


@pytest.fixture
def answered(events: Events) -> Events:
    """Send nine predictions of one model from the last hours, one of them the least sure, and one line kept raw."""
    more = {"model": {"name": "m", "version": "1.0.0"}, "latency_ms": 10.0}
    for number, score in enumerate((0.97, 0.93, 0.93, 0.88, 0.71)):
        events.send(f"Sentence {number} is fine.", "acceptable", score, minutes_ago=60 * number + 2, **more)
    for number, score in enumerate((0.99, 0.81, 0.52)):
        events.send(f"Sentence {number} not fine is.", "unacceptable", score, minutes_ago=70 * number + 3, **more)
    events.send("A long one " * 200, "acceptable", 0.96, minutes_ago=4, **{**more, "latency_ms": 90.0})
    events.put(
        [
            {
                "@id": f"{events.log_group}-raw",
                "@timestamp": events.sent[0]["@timestamp"],
                "@log_group": events.log_group,
                "@message": '{"prediction": {"label": ',
                "shipper": {"kept_raw": {"reason": "broken_json", "detail": "not whole", "advice": "Log JSON."}},
            }
        ]
    )
    return events


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium. If there is none, the error says how to get one."""
    with browser.launched() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page, and fail if its console shows a problem or if it sends anything to another machine."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    problems: list[str] = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
    page.on("request", lambda sent: _is_local(sent.url) or problems.append(f"left the machine: {sent.url}"))
    yield page
    page.close()
    assert [each for each in problems if not each.startswith(OWN_PROBLEMS)] == []


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))
