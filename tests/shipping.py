"""Share between the shipper's tests: subscription payloads, and a domain that can fail, over a real socket."""

import base64
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from lambda_shipper.config import Config
from lambda_shipper.delivery.outcome import Outcome
from lambda_shipper.domain.client import Client
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import decode

NOON = 1_795_348_800_000  # 2026-11-22T12:00:00Z


def log_events(lines: Iterable[str], *, first: int = 0, at: int = NOON, step_ms: int = 1) -> list[dict[str, Any]]:
    """Return log events with these messages, `step_ms` apart. Ids count from `first`."""
    return [
        {"id": f"{first + number:056d}", "timestamp": at + number * step_ms, "message": line}
        for number, line in enumerate(lines)
    ]


def payload(events: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Return the payload that CloudWatch Logs makes of log events."""
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/aws/lambda/inference",
        "logStream": "2026/11/22/[$LATEST]1",
        "subscriptionFilters": ["predictions"],
        "logEvents": events,
        **changes,
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode(), 1, mtime=0)).decode()}}


def prediction(number: int, **more: Any) -> str:
    """Return a log line as the inference function prints it."""
    return json.dumps(
        {"text": f"Sentence number {number}.", "prediction": {"label": "acceptable", "score": 0.75}, **more}
    )


@dataclass
class Context:
    """Lambda's context, with a clock that runs."""

    seconds: float = 30.0
    function_name: str = "shipper"
    started: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left, as Lambda's context does."""
        return max(0, int((self.started + self.seconds - time.monotonic()) * 1000))


@dataclass
class Request:
    """A bulk request as it was received."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    """The body as sent; `body` is that, unpacked."""
    body: bytes

    @property
    def pairs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return each action's target with its document."""
        lines = [json.loads(line) for line in self.body.split(b"\n")[:-1]]
        return [(head["index"], document) for head, document in zip(lines[::2], lines[1::2], strict=True)]


@dataclass
class Reply:
    """An answer. `cut_at` closes the connection after so many bytes; `after_seconds` waits before the first."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"
    cut_at: int | None = None
    after_seconds: float = 0.0


Answer = Callable[[Request], Reply]


class Memory:
    """A domain that keeps documents in a dictionary; `refuse` gives the error for one it will not take.

    It keeps mappings, too, as they are put, and has no limit for them.
    """

    def __init__(self, refuse: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda document: None) -> None:
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}
        self.refuse = refuse
        self.mappings: dict[str, dict[str, Any]] = {}

    def __call__(self, request: Request) -> Reply:
        """Write what is not refused and answer as OpenSearch does."""
        if request.method != "POST":
            return self._mapping(request.method, request.path.strip("/").removesuffix("/_mapping"), request.body)
        items = []
        for target, document in request.pairs:
            error = self.refuse(document)
            if error is None:
                self.documents[target["_index"], target["_id"]] = document
            items.append({"index": {"status": 201} if error is None else error})
        body = {"errors": any("error" in item["index"] for item in items), "items": items}
        return Reply(body=json.dumps(body).encode())

    def _mapping(self, method: str, index: str, body: bytes) -> Reply:
        if method == "PUT":
            merge(self.mappings.setdefault(index, {"properties": {}}), json.loads(body or b"{}"))
            return Reply()
        if index not in self.mappings:
            return Reply(404)
        return Reply(body=json.dumps({index: {"mappings": self.mappings[index]}}).encode())

    @property
    def by_id(self) -> dict[str, dict[str, Any]]:
        """Return the documents by `_id`."""
        return {key[1]: document for key, document in self.documents.items()}


def merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Put a dictionary into another one, key by key."""
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value


def item_error(status: int, kind: str, reason: str = "") -> dict[str, Any]:
    """Return the answer for an item that was not written."""
    return {"status": status, "error": {"type": kind, "reason": reason}}


class Upstream:
    """Pass requests on to a real domain."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, request: Request) -> Reply:
        """Pass one on."""
        kind = "application/x-ndjson" if request.method == "POST" else "application/json"
        answer = requests.request(
            request.method, self.url + request.path, data=request.body, headers={"Content-Type": kind}
        )
        return Reply(answer.status_code, answer.content, answer.headers["Content-Type"])


@dataclass
class Wire:
    """A running server: its URL, the requests that it got, and the function that answers."""

    url: str
    answer: Answer
    requests: list[Request] = field(default_factory=list)
    """The bulk requests."""
    about_fields: list[Request] = field(default_factory=list)
    """The requests that read or change an index's mapping."""

    def config(self, **changes: Any) -> Config:
        """Return a shipper's configuration for this domain."""
        return Config(opensearch_url=self.url, **changes)


@contextmanager
def wire(answer: Answer) -> Iterator[Wire]:
    """Serve `answer` on a free port of 127.0.0.1, each connection in its own thread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw
            with lock:
                requests = served.requests if self.command == "POST" else served.about_fields
                request = Request(len(requests), self.command, self.path, dict(self.headers), raw, body)
                requests.append(request)
            reply = served.answer(request)
            time.sleep(reply.after_seconds)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut_at])
            if reply.cut_at is not None:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        do_GET = do_PUT = do_POST  # noqa: N815  the base class looks for these names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Log nothing. Some tests are about clients that close the connection."""

    lock = threading.Lock()
    server = Server(("127.0.0.1", 0), Handler)
    served = Wire(f"http://127.0.0.1:{server.server_port}", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def delivered(domain: Wire, lines: Iterable[str], seconds: float = 10, **settings: Any) -> Outcome:
    """Ship these lines with so many seconds left, and return the outcome."""
    config = domain.config(**settings)
    batch = decode(payload(log_events(lines)), config.max_batch_bytes)
    return ship([batch], config, Client(config), until=time.monotonic() + seconds)


def predictions(count: int) -> list[str]:
    """Return so many log lines, each with a different prediction."""
    return [prediction(number) for number in range(count)]
