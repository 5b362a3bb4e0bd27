"""The stack's outputs: each is named in docs/architecture.md."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, SIGN_IN

ARCHITECTURE = (Path(__file__).resolve().parents[2] / "docs/architecture.md").read_text()


@pytest.mark.parametrize("profile", [*PROFILES, *SIGN_IN])
def test_every_output_is_documented(profile: str, templates: Callable[[str], Mapping[str, Template]]) -> None:
    section = ARCHITECTURE.partition("## Outputs of the stack")[2].partition("\n## ")[0]
    outputs = {name for made in templates(profile).values() for name in made.to_json().get("Outputs", {})}

    assert {name for name in outputs if not name.startswith("Exports")} <= set(re.findall(r"`(\w+)`", section))
