"""A real OpenSearch Dashboards in a container, where a Docker engine answers; `compose.yaml` describes it."""

import json
import os
import subprocess
from pathlib import Path

from predmon.errors import LocalError
from predmon.paths import ROOT

COMPOSE_FILE = ROOT / "compose.yaml"
WAIT_SECONDS = 240


def docker_answers() -> bool:
    """Whether there is a `docker` here with an engine behind it."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Container:
    """Dashboards over the local engine. It goes on running until `stop`, whoever started it.

    Costs an image of about 1.5 GB on first use, and 1 GB of memory. Its saved objects are in OpenSearch.
    """

    name = "the Dashboards container"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.record = home / "container.json"

    @property
    def port(self) -> int | None:
        """Where it was started to listen."""
        return json.loads(self.record.read_text())["port"] if self.record.exists() else None

    @property
    def url(self) -> str | None:
        """Its address, while it is started."""
        return f"http://127.0.0.1:{self.port}" if self.port else None

    def start(self, opensearch_url: str, port: int) -> str:
        """Start it for this OpenSearch, wait until it is ready, and return its URL; LocalError with Docker's words."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.record.write_text(json.dumps({"port": port, "opensearch": opensearch_url}))
        done = self._compose("up", "--detach", "--wait", "--wait-timeout", str(WAIT_SECONDS))
        if done.returncode != 0:
            raise LocalError(
                f"Dashboards did not start in Docker:\n{done.stderr.strip()[-1500:]}\n"
                "It shares this machine's network. Docker Desktop does that only when told to: "
                "Settings, Resources, Network, “Enable host networking”."
            )
        return f"http://127.0.0.1:{port}"

    def stop(self) -> bool:
        """Remove the container and return whether one was started. What was imported stays in OpenSearch.

        Raises LocalError where Docker does not do it: the container may still be there.
        """
        if not self.record.exists():
            return False
        if not docker_answers():
            raise LocalError(
                f"No Docker engine answers here to remove {self.name}. Start Docker and run this again, or, if the "
                f"container is gone for good, remove {self.record}."
            )
        done = self._compose("down")
        if done.returncode != 0:
            raise LocalError(f"Docker could not stop Dashboards:\n{done.stderr.strip()[-1500:]}")
        self.record.unlink()
        return True

    def _compose(self, *words: str) -> subprocess.CompletedProcess[str]:
        facts = json.loads(self.record.read_text())
        env = os.environ | {"OPENSEARCH_URL": facts["opensearch"], "DASHBOARDS_PORT": str(facts["port"])}
        command = ["docker", "compose", "--file", str(COMPOSE_FILE), *words]
        return subprocess.run(command, env=env, capture_output=True, text=True)
