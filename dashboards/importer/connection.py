"""Send authenticated HTTP requests to OpenSearch and Dashboards. Errors say which server answered what."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util import Retry

from contracts.errors import UserError
from dashboards.importer.config import Config

T = TypeVar("T")
TRANSIENT_STATUS = (429, 502, 503, 504)
PASSING_STATUS = (401, 403, 404, 429)
"""Answers 4xx that a new server gives for a while: rights arrive late, a path is not there yet."""
TIMEOUT_SECONDS = (5, 60)
PAUSE_SECONDS, BACKOFF_SECONDS, MOST_BACKOFF_SECONDS = 1.0, 0.2, 5.0
TRIES, READ_TRIES = 8, 2
"""Together about 20 seconds: Dashboards takes 9 to restart. A request that hangs costs a minute, so it gets fewer."""


class ServerError(UserError):
    """A server refused a request, or its answer was not what its API promises."""

    def __init__(self, message: str, *, status: int | None = None, body: str = "", may_pass: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        refused = status is None or (400 <= status < 500 and status not in PASSING_STATUS)
        self.may_pass = may_pass or not refused
        """Whether the same request may be taken later: the server was silent, denied, or had a problem of its own."""


class NotReadyError(ServerError):
    """The time to wait for a server is up; the message carries the last thing that was wrong."""


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
            total=TRIES,
            read=READ_TRIES,
            backoff_factor=BACKOFF_SECONDS,
            backoff_max=MOST_BACKOFF_SECONDS,
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
                f"{where} answered with something that is not JSON: {_reason(text)}", body=text, may_pass=True
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
            raise ServerError(f"{where} did not answer: {_cause(error)}", may_pass=True) from error
        response.encoding = "utf-8"
        if not 200 <= response.status_code < 300:
            problem = f"{where} answered {response.status_code}: {_reason(response.text)}"
            raise ServerError(problem, status=response.status_code, body=response.text)
        return response.text

    def wait_until(self, ready: Callable[[], bool], *, until: float) -> None:
        """Poll until ``ready()``; past ``until`` (monotonic clock) raise with the last thing that was wrong.

        A server that denies is waited for like one that is silent: the sign-in of a new domain lags behind the moment
        at which the service calls the domain active.
        """

        def look() -> None:
            if not ready():
                raise ServerError("it answers, but does not say that it is ready", may_pass=True)

        self.persist(look, until=until)

    def persist(self, work: Callable[[], T], *, until: float) -> T:
        """Do ``work`` until the server takes it. Past ``until``, or when the server refuses it for good, raise."""
        while True:
            try:
                return work()
            except ServerError as error:
                if not error.may_pass:
                    raise
                if time.monotonic() + PAUSE_SECONDS > until:
                    problem = f"{self.name} at {self.url} did not become ready in time: {error}"
                    raise NotReadyError(problem, body=error.body) from error
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
    """Return what an error body says, on one line.

    The ``message``, ``Message`` (AWS's own answers) or ``error.reason`` of JSON, else its beginning.
    """
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if isinstance(body, dict):
        error = body.get("error")
        nested = error.get("reason") if isinstance(error, dict) else None
        text = str(body.get("message") or body.get("Message") or nested or error or text)
    line = " ".join(text.split())
    return line[:limit] + ("…" if len(line) > limit else "") or "an empty body"


def _cause(error: BaseException) -> str:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return str(reason or error).rsplit(">: ", 1)[-1]
