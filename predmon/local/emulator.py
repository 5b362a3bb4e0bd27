"""The AWS emulator, behind this one module: another one, or a real account, takes its place by replacing it.

The rest of the project knows an endpoint URL and dummy credentials, nothing of the emulator itself.
"""

import re
import sys
from collections.abc import Mapping
from typing import Any

import requests

from predmon.environment import environment, tools_path
from predmon.local.processes import Service
from predmon.paths import remove
from predmon.progress import say

REGION = "eu-central-1"
ACCOUNT = "000000000000"
START_SECONDS = 60


class Emulator(Service):
    """AWS on one port of 127.0.0.1, its state kept in `home` across restarts.

    It runs Python functions in this very interpreter, so their assets are built for the `host` target. It does not
    enforce IAM; what it lacks of asynchronous invocations is in `predmon/local/invocations.py`.
    """

    name = "the AWS emulator"
    health = "/_ministack/health"

    def start(self, opensearch_url: str, port: int, *, baked_in: str = "") -> str:
        """Start it unless it runs for these addresses, and return its URL.

        Every search domain that is created in it reports `opensearch_url` as its endpoint; `baked_in` names whatever
        else a deployment keeps. What was deployed for other addresses is forgotten, since it would go on calling them.
        """
        made_for, note = f"{opensearch_url} {baked_in}", self.home / "made-for"
        noted = note.read_text() if note.exists() else ""
        if self.url and noted == made_for and self._answers():
            return self.url
        self.stop()
        if noted != made_for:
            if noted:
                say("What was deployed calls old addresses and is made anew: log groups and failure bucket begin empty")
            remove(self.home / "state")
            self.home.mkdir(parents=True, exist_ok=True)
            note.write_text(made_for)
        env = environment(
            **client_environment(f"http://127.0.0.1:{port}"),
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
            # Each of its workers unpacks its function's code here and leaves it behind.
            TMPDIR=str(self.home / "tmp"),
            PATH=tools_path(),
        )
        for folder in ("state", "tmp"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self.spawn([sys.executable, "-m", "predmon.local.invocations"], env=env, port=port)
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        return f"http://127.0.0.1:{port}"

    def stop(self, *, grace_seconds: float = 15, kill: bool = False) -> bool:
        """As any service, and what its workers leave behind goes."""
        was_running = super().stop(grace_seconds=grace_seconds, kill=kill)
        remove(self.home / "tmp")
        return was_running

    def is_bootstrapped(self) -> bool:
        """Whether the CDK's own resources are there already."""
        query = {"Action": "DescribeStacks", "StackName": "CDKToolkit", "Version": "2010-05-15"}
        return self._ask("cloudformation", data=query).ok

    def make_log_group(self, name: str) -> bool:
        """Make the log group unless it is there; return whether it was made."""
        answer = self._ask("logs", {"X-Amz-Target": "Logs_20140328.CreateLogGroup"}, json={"logGroupName": name})
        if "ResourceAlreadyExistsException" not in answer.text:
            answer.raise_for_status()
        return answer.ok

    def _ask(self, service: str, headers: Mapping[str, str] | None = None, **body: Any) -> requests.Response:
        # The emulator checks no signature, but tells its services apart by it. An AWS client takes half a second.
        signature = f"AWS4-HMAC-SHA256 Credential=local/20260101/{REGION}/{service}/aws4_request"
        return requests.post(
            f"{self.url}/", headers={"Authorization": signature, **(headers or {})}, timeout=10, **body
        )


def client_environment(url: str) -> dict[str, str]:
    """The variables that point any AWS client at the emulator at `url`."""
    return {
        "AWS_ENDPOINT_URL": url,
        # The CDK's client wants it said for S3 by itself.
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def reachable(url: str, emulator_url: str) -> str:
    """Where the emulator serves what a deployment calls `url`: a function URL's host does not exist here."""
    found = re.fullmatch(r"https://(\w+)\.lambda-url\.[\w.-]+/", url)
    return f"{emulator_url}/_aws/lambda-url/{found[1]}/" if found else url
