"""Other people's rules over every profile's templates."""

from collections.abc import Callable
from pathlib import Path

from aws_cdk import App

from checks import checkov
from checks.profiles import PROFILES
from checks.templates import find_violations
from checks.violations import ACCEPTED, problems_in


def test_each_violation_of_a_rule_is_accepted_with_a_reason_and_each_acceptance_needed(
    apps: Callable[[str], App], tmp_path: Path
) -> None:
    violations = find_violations({profile: apps(profile) for profile in PROFILES}, tmp_path)

    assert len(violations) > 100
    assert problems_in(violations, (*ACCEPTED, *checkov.ACCEPTED)) == []
