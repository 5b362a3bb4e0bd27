"""A real OpenSearch node in its own Java process, without an installation and without Docker."""

import hashlib
import os
import random
from http import HTTPStatus
from typing import Self

import requests

from predmon.errors import UserError
from predmon.local.processes import Service, free_port
from predmon.tools import engine, java

MODULES = (
    "search.aggregations.matrix.MatrixAggregation",
    "script.expression.Expression",
    "script.mustache.Mustache",
    "painless.Painless",
    "index.mapper.MapperExtras",
    "join.ParentJoin",
    "index.reindex.Reindex",
    "ingest.common.IngestCommon",
    "transport.Netty4",
)
"""All modules that Dashboards needs. The analysis module is missing: it needs a locale that the wheel's Java lacks."""
PORTS = range(9202, 9299)
"""The runner listens on its base port + 1 and accepts no port above 9299."""
START_SECONDS = 90
VERSION_VARIABLE = "PREDMON_ENGINE"
DEFAULT_VERSION = "2.19"
"""Dashboards of the same major version are what tests and people have beside the local cloud."""


class Engine(Service):
    """An OpenSearch node with its data in `home`. It keeps running until `stop`, whichever command started it.

    It needs about 450 MB of memory and 6 to 10 s to start. Works as a context manager. `PREDMON_ENGINE` names the
    version of one that is started: 2.19, 3.5 or 3.8. A newer one can read the data of an older one, not the reverse.
    """

    name = "OpenSearch"

    @property
    def version(self) -> str:
        """Version of the engine that is started next. Raises UserError for one that there is no engine of."""
        version = os.environ.get(VERSION_VARIABLE) or DEFAULT_VERSION
        if version not in java.ENGINES:
            raise UserError(f"{VERSION_VARIABLE}={version}: write one of {', '.join(java.ENGINES)}.")
        return version

    def require_version(self) -> None:
        """Raise UserError if `PREDMON_ENGINE` names a version that there is no engine of."""
        _ = self.version

    def choose_port(self, wanted: int) -> int:
        """Return `wanted` if it is free, else any free port that the runner accepts."""
        return free_port([wanted, *random.sample(PORTS, len(PORTS))])

    def start(self, port: int | None = None) -> str:
        """Start it on `port`, or on any free port, unless it already runs. Return its URL. Raises UserError."""
        if self.url and self._answers() and self._refuses_strangers():
            return self.url
        # Outside the `try`: the second attempt cannot fix a failed download.
        engine.compiled(java.jars(java.ENGINES[self.version]))
        try:
            return self._launch(port)
        except UserError:
            # Another node may have taken the port in the meantime, so try once more on another port.
            return self._launch(None)

    def _launch(self, port: int | None) -> str:
        self.stop()
        port = port or self.choose_port(random.choice(PORTS))
        cluster = f"local-{hashlib.sha256(str(self.home).encode()).hexdigest()[:8]}"
        self.spawn(self._command(port, cluster), port=port, cluster=cluster)
        self.wait_until(self._answers, timeout_seconds=START_SECONDS)
        if not self._refuses_strangers():
            self.stop()
            # The runner leaves out a plugin that it cannot load, without a word.
            raise UserError(
                f"OpenSearch started without its plugin {engine.PLUGIN}, open to all web pages. It was ended."
            )
        return f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self.stop(kill=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self, port: int, cluster: str) -> list[str]:
        jars = java.jars(java.ENGINES[self.version])
        classpath = ":".join(map(str, [*jars, engine.compiled(jars)]))
        suffix = "Plugin" if self.version.startswith("2.") else "ModulePlugin"
        modules = ",".join([*(f"org.opensearch.{module}{suffix}" for module in MODULES), engine.PLUGIN])
        return [
            java.JAVA, "-Xms256m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-cp", classpath, "org.codelibs.opensearch.runner.OpenSearchRunner",
            "-basePath", str(self.home), "-clusterName", cluster, "-numOfNode", "1",
            "-baseHttpPort", str(port - 1), "-moduleTypes", modules, "-printOnFailure",
        ]  # fmt: skip

    def _refuses_strangers(self) -> bool:
        """Return whether the node has the plugin that refuses the pages of other sites; an older version does not."""
        answer = requests.get(f"{self.url}/", headers={"Host": "stranger.example"}, timeout=10)
        return answer.status_code == HTTPStatus.FORBIDDEN

    def _answers(self) -> bool:
        """Return whether our own node answers. The runner silently takes the next port when its own port is taken."""
        facts = self.facts
        try:
            root = requests.get(f"http://127.0.0.1:{facts['port']}/", timeout=2).json()
        except (requests.RequestException, KeyError):
            return False
        if root.get("cluster_name") != facts["cluster"]:
            raise UserError(f"Something else took port {facts['port']} while OpenSearch started. Run it again.")
        return True
