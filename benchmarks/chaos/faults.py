"""A proxy before the domain that has every fault of a network and of a service, at random."""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

HANG_SECONDS = 1.2
FAULTS = (
    "429",
    "503",
    "throttled 403",
    "html 502",
    "html 200",
    "cut",
    "cut after the write",
    "hang",
    "413",
    "busy items",
)


class Faults:
    """Which fault the next request has; `rate` is the share of requests that have one. Counts what it did."""

    def __init__(self, seed: int) -> None:
        self.rate = 0.15
        self.down = False
        """Answer nothing but 503, as a domain that restarts."""
        self.done: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def draw(self) -> str | None:
        """Return the next request's fault, if any."""
        with self._lock:
            if self.down:
                return "503"
            fault = self._chance.choice(FAULTS) if self._chance.random() < self.rate else None
            if fault:
                self.done[fault] += 1
            return fault


@contextmanager
# Long: a server class, which needs `faults`.
def proxy(engine_url: str, faults: Faults) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1 and give the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = faults.draw()
            if fault == "cut":
                return self._cut()
            if fault == "413" and len(body) > 50_000:
                return self._reply(413, b"Request size exceeded", "text/plain")
            simple = {
                "429": (429, b'{"error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}'),
                "503": (503, b'{"error": "no master"}'),
                "throttled 403": (403, b"User: anonymous is throttled"),
                "html 502": (502, b"<html>Bad Gateway</html>"),
                "html 200": (200, b"<html>hello</html>"),
            }
            if fault in simple:
                return self._reply(*simple[fault], "application/json")
            if fault == "busy items" and self.path.startswith("/_bulk"):
                return self._busy_items(body)
            status, answer = self._forward(body)
            if fault == "hang":
                time.sleep(HANG_SECONDS)
            return self._cut() if fault == "cut after the write" else self._reply(status, answer, "application/json")

        do_GET = do_PUT = do_POST  # noqa: N815  the base class looks for these names

        def _forward(self, body: bytes) -> tuple[int, bytes]:
            headers = {
                name: self.headers[name] for name in ("Content-Type", "Content-Encoding") if name in self.headers
            }
            try:
                answer = requests.request(self.command, engine_url + self.path, data=body, headers=headers, timeout=30)
            except requests.RequestException:
                return 503, b'{"error": "gone"}'
            return answer.status_code, answer.content

        def _busy_items(self, body: bytes) -> None:
            """Pass on the first half of the items and be too busy for the rest."""
            lines = body.splitlines(keepends=True)
            if "Content-Encoding" in self.headers or len(lines) < 4:
                return self._reply(429, b"{}", "application/json")
            count, half = len(lines) // 2, len(lines) // 4
            status, answer = self._forward(b"".join(lines[: 2 * half]))
            if status != 200:
                return self._reply(status, answer, "application/json")
            items = json.loads(answer).get("items") or [{"index": {"status": 201}}] * half
            busy = {"index": {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "busy"}}}
            whole = {"errors": True, "items": items + [busy] * (count - half)}
            return self._reply(200, json.dumps(whole).encode(), "application/json")

        def _reply(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _cut(self) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: faults are what this is for."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hung up, as it does after a time-out."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
