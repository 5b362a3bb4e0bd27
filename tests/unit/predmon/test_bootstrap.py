"""The command that `make setup` writes: it runs this checkout from any folder, and no wheel is built."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from predmon import bootstrap
from predmon.paths import ROOT

MOVED = "error: this checkout was moved or copied. Run in its folder: make setup\n"


def test_the_command_runs_this_checkout_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / "it's here"))
    monkeypatch.setattr(bootstrap, "venv_python", lambda: str(ROOT / ".venv/bin/python"))
    (tmp_path / "it's here" / "bin").mkdir(parents=True)
    (tmp_path / "predmon").mkdir()  # another folder of that name is not taken for ours

    bootstrap.write_command()

    command = [str(tmp_path / "it's here/bin/predmon"), "--version"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert said == f"predmon, version {version}\n"
    assert os.access(command[0], os.X_OK)


def test_a_command_in_a_checkout_that_was_moved_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    (before / "bin").mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "VENV", str(before))
    bootstrap.write_command()
    assert not bootstrap.was_moved()
    linked = tmp_path / "linked"
    linked.symlink_to(before / "bin/predmon")
    assert "moved" not in subprocess.run([linked, "--version"], capture_output=True, text=True).stderr

    before.rename(after)
    monkeypatch.setattr(bootstrap, "VENV", str(after))
    done = subprocess.run([after / "bin/predmon", "--version"], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (1, MOVED)
    assert bootstrap.was_moved()


def test_the_python_of_an_environment_that_is_made_again_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make` finds the old environment first, since it is on its PATH."""
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python3"
    python.symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setattr(sys, "executable", str(python))

    assert bootstrap.find_python() == os.path.realpath(python)


def test_another_python_that_is_taken_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(bootstrap, "find_python", lambda: "/opt/python3.13")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)

    bootstrap.create_venv()

    this = ".".join(map(str, sys.version_info[:2]))
    assert capsys.readouterr().out == f"• Creating .venv with /opt/python3.13 (this is Python {this})\n"


def test_the_project_is_an_application_without_a_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert "build-system" not in project
    assert not project["tool"]["uv"]["package"]


def imported_packages(folder: str) -> set[str]:
    """Return the top-level packages that the Python files of a folder import."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


@pytest.fixture(scope="module")
def installed() -> Mapping[str, list[str]]:
    """Which distributions each package comes from."""
    return packages_distributions()


@pytest.mark.parametrize("folder", ["predmon", "stacks", "dashboards", "monitors", "lambda_shipper"])
def test_what_a_person_runs_needs_no_development_dependency(folder: str, installed: Mapping[str, list[str]]) -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    # boto3 brings botocore, and the CDK brings jsii. Our own packages may be installed under the project's name.
    runtime = {re.split(r"[=\[<>]", each)[0] for each in listed} | {"botocore", "jsii", "prediction-monitoring"}
    # Only the type checker imports the types of boto3's clients.
    needed = {name for name in imported_packages(folder) if not name.startswith("types_boto3")}

    assert {name for name in needed & set(installed) if not runtime & set(installed[name])} == set()
