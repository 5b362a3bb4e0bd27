"""The command that `make setup` writes: it runs this checkout from any folder, and no wheel is built."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from predmon import bootstrap
from predmon.paths import ROOT


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


def test_the_project_is_an_application_without_a_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert "build-system" not in project
    assert not project["tool"]["uv"]["package"]
