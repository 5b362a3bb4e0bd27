"""What regions lack, compared with what cfn-lint knows of them."""

from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from checks.regions import REGIONS as LINTED
from stacks.settings.regions import NO_FUNCTION_URLS

SEPARATE = ("us-iso", "eu-iso", "eusc-")
"""Partitions of which neither project knows anything."""


def test_the_regions_without_function_urls_are_those_that_cfn_lint_knows() -> None:
    known = [each for each in REGIONS if not each.startswith(SEPARATE)]

    without = {each for each in known if "AWS::Lambda::Url" not in PROVIDER_SCHEMA_MANAGER.get_resource_types(each)}

    assert without == NO_FUNCTION_URLS


def test_templates_are_linted_in_at_least_eight_regions_of_three_partitions() -> None:
    regions = [each for _, group in LINTED for each in group]

    assert len(set(regions)) >= 8
    assert {each.partition("-")[0] if "-gov-" not in each else "gov" for each in regions} >= {"us", "eu", "cn", "gov"}
