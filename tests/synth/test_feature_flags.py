"""The CDK's feature flags: set as its library recommends, or otherwise with a reason."""

import json
import re
import tarfile
from pathlib import Path

import aws_cdk

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = json.loads((ROOT / "cdk.json").read_text())["context"]
REASONS = (ROOT / "docs" / "decisions" / "0018-operations.md").read_text()


def recommended() -> dict[str, object]:
    """What the library recommends to new apps; it is a file inside the library's own archive."""
    (archive,) = (Path(aws_cdk.__file__).parent / "_jsii").glob("aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(archive) as files:
        found = next(each for each in files if each.name == "package/recommended-feature-flags.json")
        content = files.extractfile(found)
        assert content
        return json.load(content)


def test_every_flag_is_set_and_each_that_differs_has_its_reason_in_the_decision() -> None:
    wanted = recommended()

    set_here = {name: value for name, value in CONTEXT.items() if name.startswith("@")}
    others = {name for name, value in set_here.items() if wanted.get(name) != value}

    assert set(set_here) == set(wanted)
    assert others == set(re.findall(r"^- `(@aws-cdk/\S+)`", REASONS, re.MULTILINE))
