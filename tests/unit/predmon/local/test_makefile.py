"""The Makefile, for every make since GNU make 3.81."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
TARGETS = re.findall(r"^([a-z]+):.*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)


def make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "--no-print-directory", *words], cwd=ROOT, capture_output=True, text=True)


def test_help_lists_every_target_with_what_it_does() -> None:
    assert [tuple(line.split(maxsplit=1)) for line in make("help").stdout.splitlines()] == TARGETS


@pytest.mark.parametrize("target", [name for name, _ in TARGETS])
def test_our_own_tools_are_called_by_their_path(target: str) -> None:
    # GNU make 3.81, which macOS has, looks for a recipe's command on the PATH that it was itself started with.
    commands = [line.split()[0] for line in make("--dry-run", target, "DATA=cola").stdout.splitlines()]

    assert commands
    assert {"predmon", "pytest", "ruff", "mypy", "python", "uv"}.isdisjoint(commands)


def test_evaluating_wants_to_be_told_where_the_data_is() -> None:
    done = make("--dry-run", "evaluate")

    assert done.returncode == 2
    assert "make evaluate DATA=folder" in done.stderr
