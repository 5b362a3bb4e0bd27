"""HTTP to the domain over one kept-alive connection, signed when it must be.

`http.client` of the standard library: it is what a cold start pays least for (decision 5). Signing is botocore's,
imported only when `opensearch_auth` is `sigv4`.
"""

from __future__ import annotations

import gzip
import http.client
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from lambda_shipper.config import Config
from lambda_shipper.errors import TransportError

if TYPE_CHECKING:
    from botocore.credentials import Credentials

BULK_PATH = "/_bulk?filter_path=" + quote("errors,error,items.*.status,items.*.error", safe="")
"""Asks for no more than is read. Quoted as a signature wants it: botocore signs a query as it stands."""
GZIP_LEVEL = 1


class Answer(NamedTuple):
    """A complete HTTP answer, whatever its status."""

    status: int
    body: bytes


class Client:
    """One connection to one domain. Not for use by two threads at once."""

    def __init__(self, config: Config, credentials: Credentials | None = None) -> None:
        """`credentials` are botocore's; needed only for `sigv4`."""
        url = urlsplit(config.opensearch_url)
        self._base = f"{url.scheme}://{url.netloc}"
        self._prefix = url.path.rstrip("/")
        self._compress = config.compress == "gzip"
        self._region = config.opensearch_region
        self._credentials = credentials
        self._connection = self._connect(url.scheme, url.hostname or "", url.port)

    @staticmethod
    def _connect(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, port)
        return http.client.HTTPSConnection(host, port, context=ssl.create_default_context())

    def bulk(self, body: bytes | bytearray, timeout_seconds: float) -> Answer:
        """Send one bulk request; raises `TransportError` when no complete answer comes back."""
        headers = {"Content-Type": "application/x-ndjson"}
        if self._compress:
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return self._send("POST", BULK_PATH, body, headers, timeout_seconds)

    def request(self, method: str, path: str, body: bytes, timeout_seconds: float) -> Answer:
        """Send one request with a JSON body, or none; raises `TransportError` when no complete answer comes back."""
        return self._send(method, path, body, {"Content-Type": "application/json"} if body else {}, timeout_seconds)

    def _send(
        self, method: str, path: str, body: bytes | bytearray, headers: dict[str, str], timeout_seconds: float
    ) -> Answer:
        """Send. A connection that the other side closed while it was idle is opened anew at once, without an error."""
        path = self._prefix + path
        if method != "GET":
            headers["Content-Length"] = str(len(body))
        if self._credentials:
            headers = self._sign(method, path, headers, body)
        connection = self._connection
        was_open = connection.sock is not None
        try:
            try:
                return self._exchange(method, path, body, headers, timeout_seconds)
            except ConnectionError:
                if not was_open:
                    raise
                connection.close()
                return self._exchange(method, path, body, headers, timeout_seconds)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise TransportError(f"{type(error).__name__}: {error}") from error

    def _exchange(
        self, method: str, path: str, body: bytes | bytearray, headers: dict[str, str], timeout_seconds: float
    ) -> Answer:
        connection = self._connection
        connection.timeout = timeout_seconds
        if connection.sock is not None:
            connection.sock.settimeout(timeout_seconds)
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read())

    def _sign(self, method: str, path: str, headers: dict[str, str], body: bytes | bytearray) -> dict[str, str]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        request = AWSRequest(method, self._base + path, headers, bytes(body))
        assert self._credentials is not None
        SigV4Auth(self._credentials, "es", self._region).add_auth(request)
        return dict(request.headers.items())


@lru_cache(maxsize=1)
def open_client(config: Config) -> Client:
    """Return the client of this configuration; a warm invocation gets the one already open."""
    return Client(config, _environment_credentials() if config.opensearch_auth == "sigv4" else None)


def _environment_credentials() -> Credentials:
    """Read the function's own credentials; Lambda gives them in the environment, so no chain has to be searched."""
    from botocore.credentials import EnvProvider

    credentials = EnvProvider().load()
    if credentials is None:
        raise TransportError("OPENSEARCH_AUTH is sigv4 and the environment holds no AWS credentials")
    return credentials
