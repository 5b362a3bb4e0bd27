"""Turn signatures into identities before a local engine, as the service does before a domain on AWS.

A request that is signed for `es` goes on with the identity of the IAM role that its access key stands for. Any other
request goes on unchanged. The front trusts the id of the key, because nothing here is secret. It records who asked for
what.
"""

import fnmatch
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from tests.local.access.secure_engine import SecureEngine

SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/[^/]+/es/aws4_request")
HOP = {"host", "authorization", "connection", "transfer-encoding", "content-length", "content-encoding"}


@dataclass
class DomainFront:
    """A running front. `url` is the domain's endpoint. `asked` has (role, method, path) of each signed request."""

    url: str
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def outside(self, role: str, access: Sequence[tuple[str, str]]) -> set[str]:
        """Return the requests of `role` that an IAM policy of these (action, path pattern) would refuse."""
        return {
            f"{method} {path}"
            for who, method, path in self.asked
            if who == role
            and not any(
                action == f"es:ESHttp{method.capitalize()}" and fnmatch.fnmatchcase(path, pattern)
                for action, pattern in access
            )
        }


@contextmanager
def domain_front(engine: SecureEngine, roles: Mapping[str, str]) -> Iterator[DomainFront]:
    """Run a front before `engine`. `roles` maps the id of an access key to the ARN of its role."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            authorization = self.headers.get("Authorization", "")
            if signed := SIGNED.match(authorization):
                arn = roles[signed[1]]
                front.asked.append((arn, self.command, self.path.partition("?")[0]))
                headers["Authorization"] = f"Bearer {engine.token(arn)}"
            elif authorization:
                headers["Authorization"] = authorization
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = f"{engine.url}{self.path}"
            reply = requests.request(self.command, url, data=body, headers=headers, verify=str(engine.authority))
            self.send_response(reply.status_code)
            for name, value in reply.headers.items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.content)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    front = DomainFront(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield front
    server.shutdown()
    server.server_close()
