"""What the operating system and the network refuse, as a person sees it: a sentence, and never a traceback."""

import errno
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from predmon.local.cloud import LocalCloud
from tests.unit.predmon.commands.conftest import Predmon

PREDMON = Path(sys.executable).with_name("predmon")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/a b"), "Free some space"),
        (OSError(errno.EROFS, "Read-only file system", "/x/a b"), "name another folder"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/a b"), "may not write or read there"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/x/a b"), "where a folder is needed"),
        (OSError(errno.ELOOP, "Too many links", "/x/a b"), "Check the place that it names"),
    ],
)
def test_what_the_system_refuses_is_said_with_its_place(
    predmon: Predmon, monkeypatch: pytest.MonkeyPatch, error: OSError, says: str
) -> None:
    def fails(_: LocalCloud) -> None:
        raise error

    monkeypatch.setattr(LocalCloud, "down", fails)

    status, said = predmon("down")

    assert status == 1
    assert said.startswith(f"Error: {error.strerror}: /x/a b\n")
    assert says in said


@pytest.mark.parametrize(
    ("url", "says"), [("127.0.0.1:5601", "must be a full http(s) URL"), ("http://127.0.0.1:{port}", "127.0.0.1")]
)
def test_a_wrong_address_is_a_sentence(predmon: Predmon, closed_port: int, url: str, says: str) -> None:
    address = url.format(port=closed_port)

    status, said = predmon("import", "--opensearch-url", address, "--dashboards-url", address)

    assert status == 1
    assert "Traceback" not in said
    assert said.startswith("Error: ")
    assert says in said


def test_output_that_cannot_be_written_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([PREDMON, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: No space left on device")
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{shlex.quote(str(PREDMON))} --help | true"

    assert subprocess.run(["bash", "-c", command], capture_output=True, text=True).stderr == ""
