"""A server that stands for OpenSearch and Dashboards, and fails in the ways that real ones do."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboards.importer import connection
from dashboards.importer.saved_objects import load

OBJECTS = load()
Answer = tuple[int, str]


class FakeServer:
    """OpenSearch and Dashboards in one, healthy until a test says otherwise. ``calls`` are those that came."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.headers: dict[str, str] = {}
        self.answers: dict[str, Callable[[int], Answer]] = {}
        self.stored = [each.body for each in OBJECTS]

    def answer(self, call: str) -> Answer:
        """What the test gave for this call, else what a healthy server says."""
        self.calls.append(call)
        for name, given in self.answers.items():
            if name in call:
                return given(self.calls.count(call))
        return 200, json.dumps(self.healthy(call))

    def healthy(self, call: str) -> object:
        """The body of a server on which all goes well."""
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
        if "_count" in call:
            return {"count": 0}
        if "_simulate_index" in call:
            return self.simulate(call.rpartition("/")[2])
        if "_settings/" in call:
            return {}
        if "_field_caps" in call:
            return {"indices": [], "fields": {}}
        if "_cluster/settings" in call:
            return {"persistent": {}, "transient": {}}
        return {"urlId": "abc", "acknowledged": True}

    def simulate(self, index: str) -> object:
        """What an index of this name would be made with, by the template that was put."""
        for call, body in self.bodies.items():
            if "PUT /_index_template/" in call:
                template = json.loads(body)
                if any(fnmatch(index, pattern) for pattern in template.get("index_patterns", ())):
                    return {"template": template.get("template", {})}
        return {}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", (1, 1))
    monkeypatch.setattr(connection, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(connection, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(connection, "MOST_BACKOFF_SECONDS", 0.01)
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
            # Whoever asked may have gone: that is one of the cases.
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
