"""The preview of Dashboards as a background process, for machines without a real Dashboards."""

import sys

from predmon.environment import environment
from predmon.local.processes import Service
from predmon.paths import NODE_MODULES, ROOT

START_SECONDS = 30


class Preview(Service):
    """`python -m dashboards.preview`. The imported objects are in `home` and survive restarts."""

    name = "the dashboards preview"
    health = "/api/status"

    def start(self, opensearch_url: str, port: int) -> str:
        """Start it for this OpenSearch unless it already runs, and return its URL."""
        if self.url and self.facts["opensearch"] == opensearch_url and self._answers():
            return self.url
        self.stop()
        objects = self.home / "objects"
        objects.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "dashboards.preview", "--opensearch", opensearch_url]
        self.spawn(
            [*command, "--port", str(port), "--home", str(objects), "--assets", str(NODE_MODULES)],
            env=environment(PYTHONPATH=str(ROOT)),
            port=port,
            opensearch=opensearch_url,
        )
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        return f"http://127.0.0.1:{port}"
