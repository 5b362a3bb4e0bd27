"""A machine where nobody is signed in to AWS, and a server that a test can use in place of AWS or of a domain."""

import io
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from predmon.main import main

Predmon = Callable[..., tuple[int, str]]
STACK = """<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
<StackName>PredictionMonitoring</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
OUTPUT = "<member><OutputKey>{}</OutputKey><OutputValue>{}</OutputValue></member>"


@pytest.fixture
def closed_port() -> int:
    """Return a port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    """Make sure that nobody is signed in, and that AWS cannot be reached."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("predmon.commands.deploying.account_checks.ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed_port}")


class Server:
    """One address for all services. `answers` maps `METHOD /path`, or a query's `Action`, to a body; others get 404.

    An answer may also be a function that makes the body of the request's.
    `requests` are those that came, by the same names, with their bodies.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Any] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[str, bytes]] = []

    def has_stack(self, **outputs: str) -> None:
        """Answer as an account that has the stack, with these outputs."""
        self.answers["DescribeStacks"] = STACK.format(
            outputs="".join(OUTPUT.format(*output) for output in outputs.items())
        )

    def answer(self, name: str, body: bytes) -> str | None:
        """Return the body for this request, or None."""
        action = parse_qs(body.decode(errors="replace")).get("Action", [name])[0]
        self.requests.append((action, body))
        found = self.answers.get(action)
        found = found(body) if callable(found) else found
        return found if isinstance(found, str) or found is None else json.dumps(found)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Start the server, and sign in to it as to AWS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = server.answer(f"{self.command} {self.path.partition('?')[0]}", self.rfile.read(length))
            self.send_response(404 if text is None else server.status)
            for name, value in {"Content-Type": "application/json", **server.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write((text or "{}").encode())

        do_POST = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep the output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server = Server(f"http://127.0.0.1:{listening.server_port}")
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        for name, value in {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "PREDMON_TARGET": "aws",
        }.items():
            monkeypatch.setenv(name, value)
        yield server
        listening.shutdown()


@pytest.fixture
def predmon(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Predmon:
    """Return a function that runs `predmon …`, answers its questions, and returns the status and everything printed."""
    for name in ("no_proxy", "NO_PROXY", "AWS_DEFAULT_REGION"):
        # Put back afterwards, whatever `main` makes of it.
        monkeypatch.setenv(name, os.environ.get(name, "") if name.startswith("AWS") else "")

    def typed(*words: str, answer: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["predmon", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        status = 0
        try:
            main()
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        said = capfd.readouterr()
        return status, said.out + said.err

    return typed
