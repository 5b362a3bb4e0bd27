"""The whole template of each profile, approved: a change to what is deployed shows in review.

`UPDATE_SNAPSHOTS=1 pytest tests/synth/test_snapshots.py` writes them anew; read the diff before you commit it.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.profiles import PROFILES
from tests.synth.reading import Reading

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_template_is_the_approved_one(reading: Callable[[str], Reading], profile: str) -> None:
    approved = SNAPSHOTS / f"{profile}.json"
    template = reading(profile).normalised()

    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        approved.write_text(template)

    assert template == approved.read_text()
