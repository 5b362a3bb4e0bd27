"""A `docker` that is a script: it writes down what it is asked, and fails at what a test names."""

import stat
from pathlib import Path

import pytest

SCRIPT = """#!/bin/sh
echo "$* OPENSEARCH_URL=$OPENSEARCH_URL DASHBOARDS_PORT=$DASHBOARDS_PORT" >> {calls}
case "$*" in *{failing}*) echo "{failing} did not work" >&2; exit 1;; esac
"""


class Docker:
    """The only `docker` on PATH, once it is installed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = folder / "calls"
        self._script = folder / "docker"
        monkeypatch.setenv("PATH", str(folder))

    def install(self, failing: str = "nothing-at-all") -> None:
        """Put it there, or make another of it."""
        self._script.write_text(SCRIPT.format(calls=self.calls, failing=failing))
        self._script.chmod(self._script.stat().st_mode | stat.S_IXUSR)
