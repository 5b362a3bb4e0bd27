"""A function that is started by hand is started once, whatever becomes of its answer."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from predmon.commands.deployment.invoking import LONGEST_RUN_SECONDS, invoke
from predmon.commands.deployment.target import Target


@pytest.mark.parametrize(("status", "error"), [(503, ClientError), (429, ClientError), (None, ConnectionClosedError)])
def test_an_answer_that_is_lost_or_refused_starts_no_second_run(
    status: int | None, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            started.append(self.path)
            if status:
                self.send_response(status)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        target = Target({}, {"region_name": "eu-central-1"}, f"http://127.0.0.1:{server.server_port}")

        with pytest.raises(error):
            invoke(target, "drift", {}, "drift")
        server.shutdown()

    assert len(started) == 1


def test_the_client_waits_longer_than_a_function_may_run() -> None:
    assert LONGEST_RUN_SECONDS == 15 * 60
