"""A null sink: an HTTP server in its own process that answers bulk requests as OpenSearch would, at once."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHORT = b'{"index":{"status":201}}'
LONG = (
    b'{"index":{"_index":"cwl-2026.11.22","_id":"%056d","_version":1,"result":"created","_shards":{"total":1,'
    b'"successful":1,"failed":0},"_seq_no":1,"_primary_term":1,"status":201}}'
)


class Sink(BaseHTTPRequestHandler):
    """Count the actions, apply `filter_path`, and forget the rest."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        """Answer a bulk request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        lines = body.count(b"\n") // 2
        if "items" in self.path:
            answer = b'{"errors":false,"items":[' + b",".join([SHORT] * lines) + b"]}"
        elif "filter_path" in self.path:
            answer = b'{"errors":false}'
        else:
            items = b",".join([LONG % number for number in range(lines)])
            answer = b'{"took":1,"errors":false,"items":[' + items + b"]}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def sink() -> Iterator[str]:
    """Run a sink and yield its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port)], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Sink)
    print("ready", flush=True)
    server.serve_forever()
