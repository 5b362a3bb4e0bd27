"""The importer, with servers that fail as real ones do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboards.importer import connection
from dashboards.importer.config import Config
from dashboards.importer.connection import ServerError
from dashboards.importer.dashboards_api import ImportFailedError
from dashboards.importer.handler import handler
from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import load

OBJECTS = load()
Answer = tuple[int, str]


class FakeServer:
    """OpenSearch and Dashboards in one server, healthy unless a test changes it. `calls` are the calls it got."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.headers: dict[str, str] = {}
        self.answers: dict[str, Callable[[int], Answer]] = {}
        self.stored = [each.body for each in OBJECTS]

    def answer(self, call: str) -> Answer:
        """Return the answer that the test set for this call, else the answer of a healthy server."""
        self.calls.append(call)
        for name, given in self.answers.items():
            if name in call:
                return given(self.calls.count(call))
        return 200, json.dumps(self.healthy(call))

    def healthy(self, call: str) -> object:
        """Return the body that a healthy server would answer."""
        if "_cluster/health" in call:
            return {"status": "green"}
        if "_resolve" in call:
            return {"indices": [{"name": "cwl-2026.01.01"}], "aliases": [], "data_streams": []}
        if "api/status" in call:
            return {"status": {"overall": {"state": "green"}}}
        if "_import" in call:
            return {"success": True, "successCount": len(OBJECTS)}
        if "_bulk_get" in call:
            return {"saved_objects": self.stored}
        return {"urlId": "abc", "acknowledged": True}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", (1, 1))
    monkeypatch.setattr(connection, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(connection, "BACKOFF_SECONDS", 0.01)
    fake = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            call = f"{self.command} {self.path}"
            fake.bodies[call] = body
            fake.headers = dict(self.headers)
            status, text = fake.answer(call)
            self.send_response(status)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            # The caller may have closed the connection: that is one of the cases.
            with suppress(BrokenPipeError):
                self.wfile.write(text.encode())

        do_GET = do_PUT = do_POST = reply  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("OPENSEARCH_URL", f"http://127.0.0.1:{http.server_port}")
        monkeypatch.setenv("DASHBOARDS_URL", f"http://127.0.0.1:{http.server_port}")
        monkeypatch.setenv("READY_TIMEOUT_SECONDS", "5")
        yield fake
        http.shutdown()


def run() -> str:
    return import_everything(Config.from_env(), OBJECTS, {"cwl": '{"index_patterns": ["cwl-*"]}'}).dashboard_url


def test_the_template_is_there_before_the_objects_and_they_are_read_back(server: FakeServer) -> None:
    assert run().endswith("/goto/abc")

    assert [call.split("?")[0] for call in server.calls if "_resolve" not in call] == [
        "GET /_cluster/health",
        "PUT /_index_template/cwl",
        "GET /api/status",
        "POST /api/saved_objects/_import",
        "POST /api/saved_objects/_bulk_get",
        "POST /api/shorten_url",
        "POST /api/shorten_url",
    ]


def test_all_objects_go_in_one_request_because_dashboards_takes_a_request_whole_or_not_at_all(
    server: FakeServer,
) -> None:
    run()

    body = server.bodies["POST /api/saved_objects/_import?overwrite=true"]
    assert all(each.id.encode() in body for each in OBJECTS)
    assert b'name="file"; filename="saved_objects.ndjson"' in body


def test_a_missing_index_is_made_for_today(server: FakeServer) -> None:
    server.answers["_resolve"] = lambda _: (200, '{"indices": [], "aliases": [], "data_streams": []}')

    run()

    assert any(call.startswith("PUT /cwl-2") for call in server.calls)


def test_an_index_that_somebody_else_made_meanwhile_is_no_error(server: FakeServer) -> None:
    server.answers["_resolve"] = lambda _: (200, '{"indices": []}')
    server.answers["PUT /cwl-"] = lambda _: (400, '{"error": {"type": "resource_already_exists_exception"}}')

    assert run()


def test_the_importer_waits_while_dashboards_answers_html_and_503(server: FakeServer) -> None:
    starting = [(503, "<html>Starting</html>")] * 5 + [(200, "<html>Nearly</html>")]
    ready = (200, '{"status": {"overall": {"state": "green"}}}')
    server.answers["api/status"] = lambda n: starting[n - 1] if n <= len(starting) else ready

    assert run().endswith("/goto/abc")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, "<html>Log in</html>"), "not JSON: <html>Log in</html>"),
        ((200, '{"status": {"overall": {"state": "red"}}}'), "its status is not ready"),
        ((302, ""), "answered 302"),
    ],
)
def test_dashboards_that_never_gets_ready_is_an_error_with_the_last_problem(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, answer: Answer, reason: str
) -> None:
    monkeypatch.setattr(connection, "PAUSE_SECONDS", 6)  # so that there is no time for a second poll
    server.answers["api/status"] = lambda _: answer

    with pytest.raises(ServerError, match=f"Dashboards at http.* did not become ready in time: .*{reason}"):
        run()

    assert not any("_import" in call for call in server.calls)


def test_a_refused_sign_in_is_tried_again_only_for_a_short_time(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "DENIED_SECONDS", 0.1)
    monkeypatch.setenv("READY_TIMEOUT_SECONDS", "600")
    server.answers["_cluster/health"] = lambda _: (403, '{"Message": "not authorized"}')

    with pytest.raises(ServerError, match="answered 403: "):
        run()


def test_a_200_that_says_no_is_a_failure_with_the_reasons_of_dashboards(server: FakeServer) -> None:
    error = {"type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]}
    errors = [{"type": "search", "id": "s", "error": error}]
    server.answers["_import"] = lambda _: (200, json.dumps({"success": False, "successCount": 3, "errors": errors}))

    with pytest.raises(ImportFailedError, match="search 's': missing_references index-pattern 'gone'"):
        run()

    assert not any("shorten" in call for call in server.calls)


def test_an_import_of_fewer_objects_than_were_sent_is_a_failure(server: FakeServer) -> None:
    server.answers["_import"] = lambda _: (200, '{"success": true, "successCount": 3}')

    with pytest.raises(ImportFailedError, match=f"took 3 of {len(OBJECTS)}"):
        run()


def test_an_object_that_is_missing_after_the_import_is_a_failure(server: FakeServer) -> None:
    server.stored = server.stored[1:]

    with pytest.raises(ImportFailedError, match=f"{OBJECTS[0].type} '{OBJECTS[0].id}': it is not there"):
        run()


def test_a_busy_server_is_asked_again(server: FakeServer) -> None:
    healthy = (200, json.dumps({"success": True, "successCount": len(OBJECTS)}))
    server.answers["_import"] = lambda n: (503, "busy") if n < 3 else healthy

    assert run()


def test_a_server_that_hangs_is_an_error_and_the_next_try_works(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", (1, 0.1))
    server.answers["_import"] = lambda _: (time.sleep(0.3), (200, "{}"))[1]

    with pytest.raises(ServerError, match=r"_import.* did not answer: .*timed out"):
        run()

    server.answers.clear()
    assert run()


def test_a_tenant_goes_into_the_header_and_the_link(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARDS_TENANT", "global")

    assert run().endswith("/goto/abc?security_tenant=global")
    assert server.headers["securitytenant"] == "global"
    assert b"/app/dashboards?security_tenant=global#/view/" in server.bodies["POST /api/shorten_url"]


def test_the_custom_resource_keeps_one_physical_id_and_gives_the_urls(server: FakeServer) -> None:
    created = handler({"RequestType": "Create", "ResourceProperties": {}}, None)
    updated = handler({"RequestType": "Update", "PhysicalResourceId": "dashboards", "ResourceProperties": {}}, None)

    assert created["PhysicalResourceId"] == updated["PhysicalResourceId"] == "dashboards"
    for link in ("DashboardUrl", "DriftDashboardUrl"):
        assert created["Data"][link] == created["Data"]["DashboardsUrl"] + "/goto/abc"


def test_deleting_the_resource_changes_nothing(server: FakeServer) -> None:
    handler({"RequestType": "Delete", "PhysicalResourceId": "dashboards"}, None)

    assert server.calls == []
