"""The AWS emulator. Only this module and `predmon/local/invocations.py` know which emulator it is.

The rest of the project knows only an endpoint URL and dummy credentials, so another emulator can replace this one.
"""

import re
import secrets
import sys
from collections.abc import Mapping
from typing import Any

import requests

from predmon.environment import environment, tools_path
from predmon.errors import UserError
from predmon.local.processes import Service
from predmon.paths import quoted, remove, write_private
from predmon.progress import print_step

BOOTSTRAP_STACK = "CDKToolkit"
"""What `cdk bootstrap` makes."""
REGION = "eu-central-1"
ACCOUNT = "000000000000"
START_SECONDS = 60
ANSWER_SECONDS = 60
"""The first request for a service loads it, which takes long on a busy machine."""
HEALTH = "/_ministack/health"
FUNCTION_URLS = "/_aws/lambda-url/"


class Emulator(Service):
    """AWS on one port of 127.0.0.1. Its state is in `home` and survives restarts.

    It runs Python functions with this interpreter, so their assets are built for the `host` target. It does not
    enforce IAM. `predmon/local/invocations.py` adds the asynchronous invocations that it lacks, and refuses web pages
    and requests without the secret.
    """

    name = "the AWS emulator"
    health = HEALTH

    def start(self, opensearch_url: str, port: int, *, dashboards_url: str = "") -> str:
        """Start it unless it already runs for these addresses, and return its URL.

        Every search domain in it reports `opensearch_url` as its endpoint. A deployment stores `dashboards_url`, too.
        If either has changed, everything that was deployed is deleted, since it would call the old addresses.
        """
        addresses, addresses_file = f"{opensearch_url} {dashboards_url}", self.home / "made-for"
        previous = addresses_file.read_text() if addresses_file.exists() else ""
        if self.url and previous == addresses and self.facts.get("is_closed") and self._answers():
            return self.url
        self.stop()
        if previous != addresses:
            if previous:
                print_step("The addresses have changed, so the stack is created again: log groups and bucket are empty")
            remove(self.home / "state")
            self.home.mkdir(parents=True, exist_ok=True)
            addresses_file.write_text(addresses)
        env = environment(
            **_client_environment(f"http://127.0.0.1:{port}", self.secret),
            GATEWAY_PORT=str(port),
            BIND_HOST="127.0.0.1",
            MINISTACK_HOST="127.0.0.1",
            MINISTACK_REGION=REGION,
            MINISTACK_ACCOUNT_ID=ACCOUNT,
            MINISTACK_OPENSEARCH_ENDPOINT=opensearch_url.removeprefix("http://"),
            # These two would listen on all interfaces.
            IOT_MTLS_ENABLED="0",
            SFTP_ENABLED="0",
            LAMBDA_EXECUTOR="local",
            PERSIST_STATE="1",
            STATE_DIR=str(self.home / "state"),
            # Each worker unpacks its function's code here and does not remove it.
            TMPDIR=str(self.home / "tmp"),
            PATH=tools_path(),
        )
        for folder in ("state", "tmp"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self.spawn([sys.executable, "-m", "predmon.local.invocations"], env=env, port=port, is_closed=True)
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        return f"http://127.0.0.1:{port}"

    @property
    def secret(self) -> str:
        """The session token of every client of this emulator. Only this account of the machine can read it."""
        file = self.home / "secret"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            write_private(file, secrets.token_urlsafe(24))
        return file.read_text()

    @property
    def client_environment(self) -> dict[str, str]:
        """The variables that make any AWS client use this emulator, while it runs."""
        return _client_environment(self.url or "", self.secret)

    def stop(self, *, grace_seconds: float = 15, kill: bool = False) -> bool:
        """Stop it like any service, and remove the files that its workers leave behind."""
        was_running = super().stop(grace_seconds=grace_seconds, kill=kill)
        remove(self.home / "tmp")
        return was_running

    def has_stack(self, name: str) -> bool:
        """Return whether a stack of this name exists."""
        query = {"Action": "DescribeStacks", "StackName": name, "Version": "2010-05-15"}
        return self._ask("cloudformation", data=query).ok

    def create_log_group(self, name: str) -> bool:
        """Create the log group if it does not exist, and return whether it was created."""
        answer = self._ask("logs", {"X-Amz-Target": "Logs_20140328.CreateLogGroup"}, json={"logGroupName": name})
        if "ResourceAlreadyExistsException" not in answer.text:
            answer.raise_for_status()
        return answer.ok

    def _ask(self, service: str, headers: Mapping[str, str] | None = None, **body: Any) -> requests.Response:
        # The emulator does not check the signature but reads the service's name from it. Loading boto3 takes 0.5 s.
        signature = f"AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/{service}/aws4_request"
        headers = {"Authorization": signature, "X-Amz-Security-Token": self.secret, **(headers or {})}
        try:
            return requests.post(f"{self.url}/", headers=headers, timeout=ANSWER_SECONDS, **body)
        except requests.RequestException as error:
            raise UserError(
                f"{self.name} did not answer within {ANSWER_SECONDS} s ({type(error).__name__}). "
                f"Its log: {quoted(self.log)}. The machine may be busy: run the same command again."
            ) from error


def _client_environment(url: str, secret: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        # The CDK needs a separate variable for S3.
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": secret,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def reachable(url: str, emulator_url: str) -> str:
    """Return the URL where the emulator serves the function URL `url`. Return any other URL unchanged."""
    function = re.fullmatch(r"https://(\w+)\.lambda-url\.[\w.-]+/", url)
    return f"{emulator_url}{FUNCTION_URLS}{function[1]}/" if function else url
