"""What a function's bundle holds is all that its modules import of the contracts."""

import re
from pathlib import Path
from typing import Any

import pytest

from stacks.constructs import dashboards, shipper
from stacks.constructs.drift import DRIFT
from stacks.constructs.quality import QUALITY

ROOT = Path(__file__).resolve().parents[3]


def shipper_paths() -> list[str]:
    found: list[list[str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipper, "python_code", lambda paths, *_: found.append(paths))
        shipper.shipper_code(None)  # type: ignore[arg-type]
    return found[0]


BUNDLES: dict[str, Any] = {
    "shipper": shipper_paths(),
    "dashboards": dashboards.PACKAGES,
    "drift": [DRIFT.package, *DRIFT.shared],
    "quality": [QUALITY.package, *QUALITY.shared],
}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_holds_every_contract_that_it_imports(name: str) -> None:
    paths = [ROOT / path for path in BUNDLES[name]]
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    imported = {
        module or each.strip().partition(" ")[0]
        for file in files
        for module, names in re.findall(r"^from contracts(?:\.(\w+))? import ([^(\n]+)", file.read_text(), re.MULTILINE)
        for each in names.split(",")
    }

    assert {f"contracts/{module}.py" for module in imported} <= set(BUNDLES[name])
