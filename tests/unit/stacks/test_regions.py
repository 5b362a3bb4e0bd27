"""What regions lack, compared with what cfn-lint knows of them."""

import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from checks.regions import REGIONS as LINTED
from stacks.settings.regions import NO_FUNCTION_URLS, NO_USER_POOLS

SEPARATE = ("us-iso", "eu-iso", "eusc-")
"""Partitions of which neither project knows anything."""


@pytest.mark.parametrize(
    ("resource", "listed"), [("AWS::Lambda::Url", NO_FUNCTION_URLS), ("AWS::Cognito::UserPool", NO_USER_POOLS)]
)
def test_the_regions_that_lack_something_are_those_that_cfn_lint_knows(resource: str, listed: frozenset[str]) -> None:
    known = [each for each in REGIONS if not each.startswith(SEPARATE)]

    without = {each for each in known if resource not in PROVIDER_SCHEMA_MANAGER.get_resource_types(each)}

    assert without == listed


def test_templates_are_linted_in_at_least_eight_regions_of_three_partitions() -> None:
    regions = [each for _, group in LINTED for each in group]

    assert len(set(regions)) >= 8
    assert {each.partition("-")[0] if "-gov-" not in each else "gov" for each in regions} >= {"us", "eu", "cn", "gov"}
