"""The inference function's package as deployed for arm64: its size, and that it works without other packages."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stacks.constructs.bundling import ROOT, Platform, build, pack
from stacks.constructs.inference import PACKAGED_MODEL, REQUIREMENTS, UNUSED

LIMIT_MB = 180
FILES = {
    file.relative_to(ROOT): file
    for folder in (ROOT / "contracts", ROOT / "inference_lambda", PACKAGED_MODEL)
    for file in folder.glob("*.*")
}


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_package_stays_below_its_limit(tmp_path: Path, architecture: str, capsys: pytest.CaptureFixture[str]) -> None:
    build(FILES, ROOT / REQUIREMENTS, Platform(architecture), tmp_path, UNUSED)

    size = megabytes(tmp_path)
    with capsys.disabled():
        print(f" {architecture}: {size:.0f} MB unzipped", end="")
    assert 50 < size < LIMIT_MB


def test_package_predicts_with_nothing_but_itself(tmp_path: Path) -> None:
    build(FILES, ROOT / REQUIREMENTS, Platform("host"), tmp_path, UNUSED)
    script = (
        "from types import SimpleNamespace; from inference_lambda.handler import handler; "
        "handler({'sentence': 'It works.'}, SimpleNamespace(aws_request_id='1'))"
    )

    # -S: without the environment's own packages.
    done = subprocess.run([sys.executable, "-S", "-c", script], cwd=tmp_path, capture_output=True, text=True)

    assert '"text": "It works."' in done.stdout, done.stderr
    assert list(tmp_path.glob("inference_lambda/__pycache__/handler.*.pyc"))


def test_a_package_for_this_machine_is_one_uncompressed_archive(tmp_path: Path) -> None:
    """The CDK takes a single archive as it is, and compresses a folder for seconds."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/module.py").write_text("x = 1\n" * 100)
    (tmp_path / "top.py").touch()

    pack(tmp_path)

    (packed,) = tmp_path.iterdir()
    with zipfile.ZipFile(packed) as archive:
        assert sorted(archive.namelist()) == ["inside/module.py", "top.py"]
        assert archive.read("inside/module.py") == b"x = 1\n" * 100
        assert archive.getinfo("inside/module.py").compress_size == 600
