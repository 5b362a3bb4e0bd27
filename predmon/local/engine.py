"""A real OpenSearch node in a JVM of its own, without an installation and without Docker."""

import hashlib
import random
from typing import Self

import requests

from predmon.errors import LocalError
from predmon.local.processes import Service, free_port
from predmon.tools import java

MODULES = ",".join(
    f"org.opensearch.{name}"
    for name in (
        "search.aggregations.matrix.MatrixAggregationPlugin",
        "script.expression.ExpressionPlugin",
        "script.mustache.MustachePlugin",
        "painless.PainlessPlugin",
        "index.mapper.MapperExtrasPlugin",
        "join.ParentJoinPlugin",
        "index.reindex.ReindexPlugin",
        "ingest.common.IngestCommonPlugin",
        "transport.Netty4Plugin",
    )
)
"""All that Dashboards needs. The analysis plugin is left out: the wheel's Java lacks a locale that it loads."""
PORTS = range(9202, 9299)
"""The runner listens on its base port + 1 and refuses to go beyond 9299."""
START_SECONDS = 90


class Engine(Service):
    """An OpenSearch node whose data lies in `home`; it goes on running until `stop`, whoever started it.

    Costs about 450 MB of memory and 6 to 10 s to start. Usable as a context manager.
    """

    name = "OpenSearch"

    def choose_port(self, wanted: int) -> int:
        """`wanted` if it is free, else another one of those that the runner can listen on."""
        return free_port([wanted, *random.sample(PORTS, len(PORTS))])

    def start(self, port: int | None = None) -> str:
        """Start it unless it runs, on `port` or any free one, and return its URL."""
        if self.url and self._answers():
            return self.url
        java.jars()  # what cannot be fetched is said once
        try:
            return self._launch(port)
        except LocalError:
            # Another node may have taken the port between the choice and the start: once more, elsewhere.
            return self._launch(None)

    def _launch(self, port: int | None) -> str:
        self.stop()
        port = port or self.choose_port(random.choice(PORTS))
        cluster = f"local-{hashlib.sha256(str(self.home).encode()).hexdigest()[:8]}"
        self.spawn(self._command(port, cluster), port=port, cluster=cluster)
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        return f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        """End it as a crash would: SIGKILL, no goodbye."""
        self.stop(kill=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self, port: int, cluster: str) -> list[str]:
        classpath = ":".join(str(jar) for jar in java.jars())
        return [
            java.JAVA, "-Xms256m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-cp", classpath, "org.codelibs.opensearch.runner.OpenSearchRunner",
            "-basePath", str(self.home), "-clusterName", cluster, "-numOfNode", "1",
            "-baseHttpPort", str(port - 1), "-moduleTypes", MODULES, "-printOnFailure",
        ]  # fmt: skip

    def _answers(self) -> bool:
        """Whether the node that answers is ours: the runner silently takes the next port when its own is taken."""
        facts = self.facts
        try:
            root = requests.get(f"http://127.0.0.1:{facts['port']}/", timeout=2).json()
        except (requests.RequestException, KeyError):
            return False
        if root.get("cluster_name") != facts["cluster"]:
            raise LocalError(f"Something else took port {facts['port']} while OpenSearch started. Run it again.")
        return True
