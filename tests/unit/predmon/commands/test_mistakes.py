"""What a new user meets: a mistyped command, packages of another state of the checkout, programs of the machine."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from predmon.bootstrap import fingerprint
from tests.unit.predmon.commands.conftest import Predmon


@pytest.mark.parametrize("words", [["stauts"], ["drift", "reprot"], ["quality", "basline"], ["snd", "file.csv"]])
def test_a_mistyped_command_is_told_what_was_meant(predmon: Predmon, words: list[str]) -> None:
    status, said = predmon(*words)

    assert status == 2
    assert "Did you mean '" in said


@pytest.mark.parametrize(("is_installed", "says"), [("as now", "Traceback"), ("before", "Run: make setup\n")])
def test_packages_of_another_state_of_the_checkout_are_told_from_a_bug(
    tmp_path: Path, is_installed: str, says: str
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    (tmp_path / ".installed").write_text(fingerprint() if is_installed == "as now" else is_installed)
    script = f"""
from predmon import bootstrap, main
bootstrap.VENV = {str(tmp_path)!r}
main.COMMANDS["status"] = ("cloud.of_a_new_package", "status", "")
main.main()
"""

    done = subprocess.run([sys.executable, "-c", script, "status"], capture_output=True, text=True)

    assert done.returncode == 1
    assert says in done.stderr
    assert ("Traceback" in done.stderr) == (says == "Traceback")


def test_programs_that_a_command_starts_are_those_of_the_environment(
    predmon: Predmon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    predmon("completion", "bash")

    assert shutil.which("node") == str(Path(sys.executable).parent / "node")


def test_without_installed_packages_it_says_how_to_install_them() -> None:
    """`-S` leaves the packages out, as another Python of the machine does."""
    done = subprocess.run([sys.executable, "-S", "-m", "predmon.main", "status"], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: the packages of this checkout are not installed here. Run: make setup.")
