"""The approved templates: the whole template of `dev`, and the differences of each other profile.

`UPDATE_SNAPSHOTS=1 pytest tests/synth/test_snapshots.py` writes them again. Read the diff before you commit it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.profiles import PROFILES
from tests.synth.reading import Reading

SNAPSHOTS = Path(__file__).parent / "snapshots"
BASES = {"production": "dev", "vpc": "production", "company": "vpc", "local": "dev"}
"""Profile → the one whose template it is compared with."""
ABSENT = "(absent)"
LINE = 120


def differences(base: Any, other: Any) -> Any:
    """Return the parts of `other` that differ from `base`. ABSENT stands for a part that only `base` has."""
    if not (isinstance(base, dict) and isinstance(other, dict)):
        return other
    changed = {key: differences(base.get(key, ABSENT), value) for key, value in other.items() if value != base.get(key)}
    return changed | {key: ABSENT for key in base if key not in other}


def written(value: Any, indent: str = "") -> str:
    """Return JSON with each part on one line if it fits there, so that a reader sees a statement at once."""
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(indent) + len(line) <= LINE or not value or not isinstance(value, dict | list):
        return line
    inner = indent + " "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + written(each, inner) for each in value) + f"\n{indent}]"
    parts = (f"{inner}{json.dumps(key)}: {written(value[key], inner)}" for key in sorted(value))
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_template_is_the_approved_one(reading: Callable[[str], Reading], profile: str) -> None:
    approved = SNAPSHOTS / f"{profile}.json"
    template = json.loads(reading(profile).normalised())
    if base := BASES.get(profile):
        template = differences(json.loads(reading(base).normalised()), template)
    text = written(template) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        approved.write_text(text)
        return

    assert text == approved.read_text()


def test_what_is_written_is_the_template() -> None:
    template = {"a": [{"b": "ä" * 100}, {"c": {"d": list(range(60))}}], "e": {}, "f": None}

    assert json.loads(written(template)) == template


def test_a_difference_says_what_is_changed_added_and_absent() -> None:
    base = {"same": {"a": 1}, "changed": {"a": 1, "b": [1]}, "gone": 1}
    other = {"same": {"a": 1}, "changed": {"a": 1, "b": [2]}, "new": {"c": 3}}

    assert differences(base, other) == {"changed": {"b": [2]}, "new": {"c": 3}, "gone": ABSENT}
