"""A `docker` that is a script: it writes down its calls, and fails at the command that a test names."""

import stat
from pathlib import Path

import pytest

SCRIPT = """#!/bin/sh
echo "$* OPENSEARCH_URL=$OPENSEARCH_URL DASHBOARDS_PORT=$DASHBOARDS_PORT" >> {calls}
case "$*" in *{failing}*) echo "{failing} did not work" >&2; exit 1;; esac
"""


class Docker:
    """The only `docker` on PATH after `install`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = folder / "calls"
        self._script = folder / "docker"
        monkeypatch.setenv("PATH", str(folder))

    def install(self, failing: str = "nothing-at-all") -> None:
        """Install it, or replace it with one that fails at `failing`."""
        self._script.write_text(SCRIPT.format(calls=self.calls, failing=failing))
        self._script.chmod(self._script.stat().st_mode | stat.S_IXUSR)
