"""What is deleted with the stack and what is kept, in the template of every profile."""

from collections.abc import Callable

import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, composed
from stacks import STACK
from tests.synth.reading import Reading

Read = Callable[[str], Reading]
every_profile = pytest.mark.parametrize("profile", PROFILES)


@every_profile
def test_every_log_group_has_a_retention_time(reading: Read, profile: str) -> None:
    days = {name: group.get("RetentionInDays") for name, group in reading(profile).of_type("Logs::LogGroup").items()}

    assert days
    assert set(days.values()) == {90 if profile in ("production", "vpc", "company") else 30}


@pytest.mark.parametrize("profile", ["vpc", "company"])
def test_production_keeps_its_data_its_logs_and_what_they_stand_on(reading: Read, profile: str) -> None:
    template = reading(profile)

    kept = {name for name, each in template.resources.items() if each.get("DeletionPolicy") == "RetainExceptOnCreate"}

    assert {"SearchDomain", "SearchMaster", "ShipperFailures", "NetworkDomain"} <= kept
    assert set(template.of_type("EC2::VPC")) | set(template.of_type("EC2::Subnet")) <= kept
    assert set(template.of_type("Logs::LogGroup")) <= kept


@every_profile
def test_nothing_stays_when_a_first_creation_fails(reading: Read, profile: str) -> None:
    policies = {name: each.get("DeletionPolicy", "Delete") for name, each in reading(profile).resources.items()}

    assert {name: policy for name, policy in policies.items() if policy == "Retain"} == {}


@pytest.mark.parametrize("profile", ["vpc", "company"])
def test_a_kept_domain_keeps_its_way_in_but_not_that_of_functions_that_are_gone(reading: Read, profile: str) -> None:
    template = reading(profile)

    rules = template.of_type("EC2::SecurityGroupIngress") | template.of_type("EC2::SecurityGroupEgress")
    kept = {name for name in rules if template.resources[name].get("DeletionPolicy") == "RetainExceptOnCreate"}

    assert kept == {name for name in rules if "Viewers" in name}
    assert template.resources["NetworkViewers"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_viewers_group_in_a_network_of_ones_own_stays_since_a_vpn_may_carry_it() -> None:
    settings = {**PROFILES["company"], "retain_data": "false"}
    stack = composed(settings).node.find_child(STACK)
    template = Reading(Template.from_stack(stack).to_json())

    assert template.resources["NetworkViewers"]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert template.resources["NetworkDomain"].get("DeletionPolicy") != "RetainExceptOnCreate"


@pytest.mark.parametrize("profile", ["dev", "local"])
def test_in_other_profiles_everything_is_deleted_with_the_stack(reading: Read, profile: str) -> None:
    policies = {name: each.get("DeletionPolicy", "Delete") for name, each in reading(profile).resources.items()}

    assert [name for name, policy in policies.items() if policy != "Delete"] == []
