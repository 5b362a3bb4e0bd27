"""`predmon doctor` about places: zones that lack something, networks in the way, regions without function URLs."""

import pytest

from predmon.commands.deploying.account_checks import (
    CheckStatus,
)
from predmon.commands.deploying.place_checks import (
    check_function_url,
    check_network_range,
    check_user_pools,
    check_zones,
)
from stacks.settings import Settings
from tests.unit.predmon.commands.account import Account, give_zones

NO_STACK = "ValidationError: Stack with id PredictionMonitoring does not exist"
IN_A_VPC = {"profile": "production", "vpc": "new", "sign_in": "password"}
PRODUCTION = Settings.from_context(IN_A_VPC)


def test_a_region_with_two_zones_cannot_have_three() -> None:
    account = Account("us-west-1")
    give_zones(account, "us-west-1a", "us-west-1c")

    result = check_zones(account.session, PRODUCTION)

    assert result.status is CheckStatus.WRONG
    assert "-c zones=2" in result.message


@pytest.mark.parametrize("lacking", ["r7g.large.search", "m6g.large.search"])
def test_a_zone_without_one_of_the_node_types_makes_the_doctor_name_others(lacking: str) -> None:
    account = Account("us-east-1")
    names = [f"us-east-1{letter}" for letter in "abcd"]
    give_zones(account, *names, offered={lacking: [*names[:1], *names[2:]]})

    result = check_zones(account.session, PRODUCTION)

    assert result.status is CheckStatus.WRONG
    assert f"us-east-1b lacks {lacking}" in result.message
    assert "-c zone_names=us-east-1a,us-east-1c,us-east-1d" in result.message
    named = Settings.from_context({**IN_A_VPC, "zone_names": "us-east-1a,us-east-1c,us-east-1d"})
    assert check_zones(account.session, named).status is CheckStatus.OK


def test_a_zone_where_lambda_runs_nothing_in_a_vpc_is_left_out() -> None:
    account = Account("us-east-1")
    names = [f"us-east-1{letter}" for letter in "abcd"]
    give_zones(account, *names, ids={"us-east-1b": "use1-az3"})

    result = check_zones(account.session, PRODUCTION)

    assert "us-east-1b lacks Lambda in a VPC" in result.message
    assert check_zones(account.session, Settings()).status is CheckStatus.OK  # no function is in a VPC


def test_a_zone_that_was_named_and_is_none_is_found() -> None:
    account = Account()
    give_zones(account, "eu-central-1a", "eu-central-1b", "eu-central-1c")
    settings = Settings.from_context({**IN_A_VPC, "zone_names": "eu-central-1a,eu-central-1b,eu-central-1z"})

    assert "eu-central-1z is no zone" in check_zones(account.session, settings).message


@pytest.mark.parametrize(
    ("block", "expected"), [("10.71.8.0/24", "WARNING"), ("10.0.0.0/8", "WARNING"), ("10.72.0.0/16", "OK")]
)
def test_a_network_with_the_same_addresses_is_found(block: str, expected: str) -> None:
    account = Account()
    own = {"Key": "aws:cloudformation:stack-name", "Value": "PredictionMonitoring"}
    account.answers["ec2.DescribeVpcs"] = {
        "Vpcs": [
            {"VpcId": "vpc-own", "CidrBlockAssociationSet": [{"CidrBlock": "10.71.0.0/20"}], "Tags": [own]},
            {"VpcId": "vpc-other", "CidrBlockAssociationSet": [{"CidrBlock": block}]},
        ]
    }

    result = check_network_range(account.session, PRODUCTION)

    assert result.status is CheckStatus[expected]
    assert ("-c vpc_cidr=" in result.message) == (expected == "WARNING")


def test_a_region_without_function_urls_is_said() -> None:
    assert check_function_url(Account("eu-central-2").session).status is CheckStatus.WARNING
    assert check_function_url(Account("eu-central-1").session).status is CheckStatus.OK


def test_a_region_without_user_pools_is_found_before_the_deployment() -> None:
    refused = check_user_pools(Account("cn-north-1").session)

    assert refused.status is CheckStatus.WRONG
    assert "-c sign_in=saml" in refused.message
    assert check_user_pools(Account("us-gov-west-1").session).status is CheckStatus.OK
