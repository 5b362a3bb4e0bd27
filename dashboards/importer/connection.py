"""Send authenticated HTTP requests to OpenSearch and Dashboards. Errors say which server answered what."""

import json
import time
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util import Retry

from dashboards.importer.config import Config

TRANSIENT_STATUS = (429, 502, 503, 504)
TIMEOUT_SECONDS = (5, 60)
PAUSE_SECONDS, BACKOFF_SECONDS = 1.0, 0.2
DENIED_SECONDS = 60
"""How long to wait after a 401 or 403. A role that was made a moment ago is not known everywhere yet."""


class ServerError(Exception):
    """A server refused a request, or its answer was not what its API promises."""

    def __init__(self, message: str, *, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class Connection:
    """A connection to one server.

    Every request here may be repeated without harm. So requests are tried again after a dropped connection and after
    429, 502, 503 and 504.
    """

    def __init__(self, name: str, url: str, auth: AuthBase | None, headers: dict[str, str]) -> None:
        self.name = name
        self.url = url
        self._session = requests.Session()
        self._session.auth = auth
        self._session.headers.update(headers)
        retry = Retry(
            total=3,
            backoff_factor=BACKOFF_SECONDS,
            status_forcelist=TRANSIENT_STATUS,
            allowed_methods=None,
            raise_on_status=False,
        )
        self._session.mount(url, HTTPAdapter(max_retries=retry))

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send one request and return its JSON.

        Raises:
            ServerError: if there is no answer, or it is not JSON with a 2xx status.
        """
        text = self.text(method, path, **request)
        try:
            return json.loads(text)
        except ValueError as error:
            where = f"{self.name} at {self.url} ({method} {path})"
            raise ServerError(
                f"{where} answered with something that is not JSON: {_reason(text)}", body=text
            ) from error

    def text(self, method: str, path: str, **request: Any) -> str:
        """Send one request and return the body of its 2xx answer.

        Raises:
            ServerError: if there is no answer, or its status is not 2xx.
        """
        where = f"{self.name} at {self.url} ({method} {path})"
        request.setdefault("timeout", TIMEOUT_SECONDS)
        try:
            response = self._session.request(method, self.url + path, allow_redirects=False, **request)
        except requests.RequestException as error:
            raise ServerError(f"{where} did not answer: {_cause(error)}") from error
        response.encoding = "utf-8"
        if not 200 <= response.status_code < 300:
            problem = f"{where} answered {response.status_code}: {_reason(response.text)}"
            raise ServerError(problem, status=response.status_code, body=response.text)
        return response.text

    def wait_until(self, ready: Callable[[], bool], *, until: float) -> None:
        """Poll until `ready()` is true.

        Raises:
            ServerError: if it is not true by `until` (monotonic clock); the message has the last problem. After a 401
                or 403 already once DENIED_SECONDS have passed.
        """
        denied_until = min(until, time.monotonic() + DENIED_SECONDS)
        while True:
            try:
                if ready():
                    return
                problem = "it answers, but its status is not ready"
            except ServerError as error:
                if error.status in (401, 403) and time.monotonic() > denied_until:
                    raise
                problem = str(error)
            if time.monotonic() + PAUSE_SECONDS > until:
                raise ServerError(f"{self.name} at {self.url} did not become ready in time: {problem}")
            time.sleep(PAUSE_SECONDS)


def connect(config: Config) -> tuple[Connection, Connection]:
    """Return the connections to OpenSearch and to Dashboards, in this order."""
    auth = _auth(config)
    headers = {"osd-xsrf": "true"}
    if config.dashboards_tenant:
        headers["securitytenant"] = config.dashboards_tenant
    return (
        Connection("OpenSearch", config.opensearch_url, auth, {}),
        Connection("Dashboards", config.dashboards_url, auth, headers),
    )


def _auth(config: Config) -> AuthBase | None:
    if config.opensearch_auth == "none":
        return None
    import boto3  # Lambda's runtime has it. It takes 200 ms, which an unsigned import does not need.

    if config.opensearch_auth == "basic":
        secrets = boto3.client("secretsmanager")
        secret = json.loads(secrets.get_secret_value(SecretId=config.opensearch_secret_arn)["SecretString"])
        return HTTPBasicAuth(secret["username"], secret["password"])
    from requests_aws4auth import AWS4Auth

    session = boto3.Session()
    signer: AuthBase = AWS4Auth(
        region=session.region_name, service="es", refreshable_credentials=session.get_credentials()
    )
    return signer


def _reason(text: str, limit: int = 400) -> str:
    """Return what an error body says, on one line: `message` or `error.reason` of its JSON, else its beginning."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if isinstance(body, dict):
        error = body.get("error")
        nested = error.get("reason") if isinstance(error, dict) else None
        text = str(body.get("message") or nested or error or text)
    line = " ".join(text.split())
    return line[:limit] + ("…" if len(line) > limit else "") or "an empty body"


def _cause(error: BaseException) -> str:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return str(reason or error).rsplit(">: ", 1)[-1]
