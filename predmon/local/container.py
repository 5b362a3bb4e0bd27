"""A real OpenSearch Dashboards in a container, on machines where Docker answers. `compose.yaml` describes it."""

import json
import os
import subprocess
from pathlib import Path

from predmon.errors import UserError
from predmon.paths import ROOT, quoted

COMPOSE_FILE = ROOT / "compose.yaml"
WAIT_SECONDS = 240


def docker_answers() -> bool:
    """Return whether `docker` is installed here and its engine answers."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Container:
    """Dashboards in front of the local OpenSearch. It keeps running until `stop`, whichever command started it.

    The first use downloads an image of about 1.5 GB. It needs 1 GB of memory. OpenSearch stores its saved objects.
    """

    name = "the Dashboards container"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.record = home / "container.json"

    @property
    def port(self) -> int | None:
        """The port that it was started with, or None if it was not started."""
        return json.loads(self.record.read_text())["port"] if self.record.exists() else None

    @property
    def url(self) -> str | None:
        """Its URL, or None if it was not started."""
        return f"http://127.0.0.1:{self.port}" if self.port else None

    def start(self, opensearch_url: str, port: int) -> str:
        """Start it for this OpenSearch, wait until it is ready, and return its URL.

        Raises UserError with Docker's output.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.record.write_text(json.dumps({"port": port, "opensearch": opensearch_url}))
        done = self._compose("up", "--detach", "--wait", "--wait-timeout", str(WAIT_SECONDS))
        if done.returncode != 0:
            raise UserError(
                f"Dashboards did not start in Docker:\n{done.stderr.strip()[-1500:]}\n"
                "It uses this machine's network. Docker Desktop allows that only with this option: "
                "Settings, Resources, Network, “Enable host networking”."
            )
        return f"http://127.0.0.1:{port}"

    def stop(self) -> bool:
        """Remove the container and return whether one was started. Its saved objects stay in OpenSearch.

        Raises UserError if Docker does not remove it, since the container may still run.
        """
        if not self.record.exists():
            return False
        if not docker_answers():
            raise UserError(
                f"Docker does not answer, so {self.name} could not be removed. Start Docker and run this again. "
                f"If the container no longer exists, remove {quoted(self.record)}."
            )
        done = self._compose("down")
        if done.returncode != 0:
            raise UserError(f"Docker could not stop Dashboards:\n{done.stderr.strip()[-1500:]}")
        self.record.unlink()
        return True

    def _compose(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        facts = json.loads(self.record.read_text())
        env = os.environ | {"OPENSEARCH_URL": facts["opensearch"], "DASHBOARDS_PORT": str(facts["port"])}
        command = ["docker", "compose", "--file", str(COMPOSE_FILE), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True)
