"""What decides whether an `up` deploys again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from predmon.local import sources
from predmon.local.sources import SOURCES, fingerprint
from predmon.paths import ROOT

LOADED = """
import sys
import aws_cdk
import app
from pathlib import Path
files = {module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)}
root = Path(app.__file__).parent
print(*sorted({Path(each).relative_to(root).parts[0] for each in files if Path(each).is_relative_to(root)}))
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cdk.json").write_text(json.dumps({"context": {"model_dir": "my-model"}}))
    for name in ("stacks", "my-model", "docs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("before")
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("changed", ["stacks/file", "stacks/new", "my-model/file", "cdk.json"])
def test_a_change_of_what_is_deployed_is_seen(checkout: Path, changed: str) -> None:
    before = fingerprint({})

    (checkout / changed).write_text('{"context": {"model_dir": "my-model", "name": "x"}}')

    assert fingerprint({}) != before


@pytest.mark.parametrize("other", ["docs/file", "stacks/__pycache__/file"])
def test_other_files_change_nothing(checkout: Path, other: str) -> None:
    before = fingerprint({})

    (checkout / other).parent.mkdir(exist_ok=True)
    (checkout / other).write_text("after")

    assert fingerprint({}) == before


def test_a_setting_and_the_file_that_it_names_count(checkout: Path) -> None:
    (checkout / "saml.xml").write_text("before")
    named = {"saml_metadata_file": "saml.xml"}
    before = fingerprint(named)

    (checkout / "saml.xml").write_text("after")

    assert len({fingerprint({}), before, fingerprint(named)}) == 3


def test_the_sources_are_all_that_the_app_is_made_of() -> None:
    """Also the bundles: their own packages are copied from folders that the app imports or that stand beside them."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) - {".venv"} <= set(SOURCES)
