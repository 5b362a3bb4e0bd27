"""Fixtures of the tests with real parts: an OpenSearch node, and a whole local cloud with the deployed app."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from opensearchpy import OpenSearch
from xdist.scheduler import LoadScopeScheduling

from predmon.local.cloud import PREFERRED_PORTS
from predmon.local.engine import Engine
from predmon.local.processes import is_free

ROOT = Path(__file__).resolve().parents[2]
PREDMON = Path(sys.executable).with_name("predmon")


OWN_CLOUD = ("tests/local/test_deployments.py", "tests/local/test_readme.py")
"""Files whose tests start a local cloud of their own."""


class CloudsAndEngine(LoadScopeScheduling):
    """Give each process (`-n 2`) a part at a time, so that what a part shares is started once.

    The files in the folders below this one need no more than an engine. Those in this folder share one local cloud,
    but for OWN_CLOUD, which are parts of their own: so both processes have work until the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in OWN_CLOUD:
            return file
        return "cloud" if file.count("/") == 2 else "engine"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> CloudsAndEngine:
    """Called by pytest-xdist."""
    return CloudsAndEngine(config, log)


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of an OpenSearch node that is empty at first and runs for the whole test session."""
    engine = Engine(tmp_path_factory.mktemp("opensearch"))
    yield engine.start()
    engine.stop()


@dataclass(frozen=True)
class Cloud:
    """A local cloud only for the tests. A person's own local cloud can run beside it."""

    home: Path
    said: str

    @property
    def outputs(self) -> dict[str, str]:
        return json.loads((self.home / "outputs.json").read_text())["PredictionMonitoring"]

    @property
    def env(self) -> dict[str, str]:
        """The variables that `source .local/env` sets."""
        lines = (self.home / "env").read_text().splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)

    @property
    def search(self) -> OpenSearch:
        return OpenSearch(self.env["OPENSEARCH_URL"], timeout=30)

    def client(self, service: str) -> Any:
        """Return an ordinary AWS client that uses only these variables."""
        env = self.env
        return boto3.client(
            service,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            region_name=env["AWS_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=env.get("AWS_SESSION_TOKEN"),  # the first local clouds had none
        )

    @property
    def as_aws(self) -> dict[str, str]:
        """The environment of a person for whom the emulator is AWS."""
        return {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | self.env

    def on_aws(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that works on AWS, with the emulator in place of AWS."""
        return subprocess.run(
            [str(PREDMON), *arguments], cwd=ROOT, env=self.as_aws, capture_output=True, text=True, timeout=300
        )

    def predmon(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return predmon(self.home, *arguments, timeout=timeout)


def predmon(home: Path, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, on the cloud in `home`."""
    environ = {k: v for k, v in os.environ.items() if k != "DASHBOARDS_URL"}
    environ |= {"PREDMON_HOME": str(home), "PREDMON_TARGET": "local"}
    # Act as if behind a proxy that cannot reach this machine. Every download uses HTTPS.
    environ |= {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(
        [str(PREDMON), *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=timeout
    )


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Deploy the app with the real `cdk deploy`, on a machine where the usual ports are taken."""
    home = tmp_path_factory.mktemp("cloud")
    with ExitStack() as stack:
        for port in filter(is_free, PREFERRED_PORTS.values()):
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
        stack.callback(predmon, home, "down", "--remove-data")
        done = predmon(home, "up")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Cloud(home, done.stdout + done.stderr)
    assert not home.exists(), f"down --remove-data has left {[path.name for path in home.iterdir()]}"
