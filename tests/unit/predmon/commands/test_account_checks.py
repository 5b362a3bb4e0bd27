"""`predmon doctor` before accounts of all kinds: each would let a first deployment fail after half an hour."""

from typing import Any

import pytest

from predmon.commands.account_checks import (
    CheckStatus,
    check_bootstrap,
    check_linked_role,
    check_log_group,
    check_names,
    check_stack,
)
from predmon.commands.doctor import check_everything
from predmon.commands.place_checks import check_function_url, check_network_range, check_zones
from predmon.commands.settings import bootstrap_qualifier
from stacks.deployment_role import LOOKS
from stacks.settings import Settings
from tests.unit.predmon.commands.account import Account

NO_STACK = "ValidationError: Stack with id PredictionMonitoring does not exist"
PRODUCTION = Settings.from_context({"profile": "production"})


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackName": "PredictionMonitoring", "StackStatus": status, "StackId": "arn:stack"}]}


def zones(
    account: Account, *names: str, offered: dict[str, list[str]] | None = None, ids: dict[str, str] | None = None
) -> None:
    """Give the region these zones, and each instance type in `offered` only in some of them."""
    account.answers["ec2.DescribeAvailabilityZones"] = {
        "AvailabilityZones": [
            {"ZoneName": name, "ZoneId": (ids or {}).get(name, f"id-{name}"), "State": "available"} for name in names
        ]
    }

    def details(params: dict[str, Any]) -> dict[str, Any]:
        kind = params["InstanceType"]
        return {
            "InstanceTypeDetails": [{"InstanceType": kind, "AvailabilityZones": (offered or {}).get(kind, list(names))}]
        }

    account.answers["opensearch.ListInstanceTypeDetails"] = details


@pytest.mark.parametrize(
    ("status", "expected", "says"),
    [
        ("ROLLBACK_COMPLETE", CheckStatus.WARNING, "predmon deploy deletes what is left of it first"),
        ("ROLLBACK_FAILED", CheckStatus.WARNING, "predmon deploy deletes"),
        ("REVIEW_IN_PROGRESS", CheckStatus.WARNING, "predmon deploy deletes"),
        ("UPDATE_IN_PROGRESS", CheckStatus.WRONG, "wait until that has ended"),
        ("UPDATE_ROLLBACK_FAILED", CheckStatus.WRONG, "When a deployment fails"),
        ("DELETE_FAILED", CheckStatus.WRONG, "predmon destroy"),
        ("UPDATE_ROLLBACK_COMPLETE", CheckStatus.OK, "will be updated"),
    ],
)
def test_each_state_of_the_stack_has_its_next_step(status: str, expected: CheckStatus, says: str) -> None:
    account = Account()
    account.answers["cloudformation.DescribeStacks"] = stack(status)

    result = check_stack(account.session, "PredictionMonitoring")

    assert result.status is expected
    assert says in result.message


def test_a_domain_that_another_deployment_left_is_found_before_it_blocks_the_name() -> None:
    account = Account()
    account.answers |= {"cloudformation.DescribeStacks": NO_STACK, "opensearch.DescribeDomain": {"DomainStatus": {}}}

    result = check_names(account.session, Settings())

    assert result.status is CheckStatus.WRONG
    assert "a domain mlops-cluster is there already" in result.message
    assert "-c name=" in result.message


@pytest.mark.parametrize("profile", ["dev", "production"])
def test_names_that_are_global_in_an_account_are_found_when_another_region_has_them(profile: str) -> None:
    account = Account()
    account.answers |= {
        "cloudformation.DescribeStacks": NO_STACK,
        "opensearch.DescribeDomain": "ResourceNotFoundException",
        "iam.GetRole": {"Role": {}},
        "cloudwatch.ListDashboards": {"DashboardEntries": [{"DashboardName": "mlops-cluster-pipeline"}]},
    }

    result = check_names(account.session, Settings.from_context({"profile": profile}))

    assert result.status is CheckStatus.WRONG
    assert ("mlops-cluster-role" if profile == "dev" else "mlops-cluster-pipeline") in result.message


def test_a_stack_that_is_there_has_its_names_already() -> None:
    account = Account()
    account.answers["cloudformation.DescribeStacks"] = stack("UPDATE_COMPLETE")

    assert check_names(account.session, Settings()).status is CheckStatus.OK


def test_a_region_with_two_zones_cannot_have_three() -> None:
    account = Account("us-west-1")
    zones(account, "us-west-1a", "us-west-1c")

    result = check_zones(account.session, PRODUCTION)

    assert result.status is CheckStatus.WRONG
    assert "-c zones=2" in result.message


@pytest.mark.parametrize("lacking", ["r7g.large.search", "m6g.large.search"])
def test_a_zone_without_one_of_the_node_types_makes_the_doctor_name_others(lacking: str) -> None:
    account = Account("us-east-1")
    names = [f"us-east-1{letter}" for letter in "abcd"]
    zones(account, *names, offered={lacking: [*names[:1], *names[2:]]})

    result = check_zones(account.session, PRODUCTION)

    assert result.status is CheckStatus.WRONG
    assert f"us-east-1b lacks {lacking}" in result.message
    assert "-c zone_names=us-east-1a,us-east-1c,us-east-1d" in result.message
    named = Settings.from_context({"profile": "production", "zone_names": "us-east-1a,us-east-1c,us-east-1d"})
    assert check_zones(account.session, named).status is CheckStatus.OK


def test_a_zone_where_lambda_runs_nothing_in_a_vpc_is_left_out() -> None:
    account = Account("us-east-1")
    names = [f"us-east-1{letter}" for letter in "abcd"]
    zones(account, *names, ids={"us-east-1b": "use1-az3"})

    result = check_zones(account.session, PRODUCTION)

    assert "us-east-1b lacks Lambda in a VPC" in result.message
    assert check_zones(account.session, Settings()).status is CheckStatus.OK  # no function is in a VPC


def test_a_zone_that_was_named_and_is_none_is_found() -> None:
    account = Account()
    zones(account, "eu-central-1a", "eu-central-1b", "eu-central-1c")
    settings = Settings.from_context(
        {"profile": "production", "zone_names": "eu-central-1a,eu-central-1b,eu-central-1z"}
    )

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


@pytest.mark.parametrize(
    ("group", "says"),
    [
        ([], "does not exist here"),
        ([{"logGroupName": "/aws/lambda/reviews-2"}], "does not exist here"),
        ([{"logGroupName": "/aws/lambda/reviews", "logGroupClass": "INFREQUENT_ACCESS"}], "no subscription filters"),
        ([{"logGroupName": "/aws/lambda/reviews", "logGroupClass": "DELIVERY"}], "no subscription filters"),
    ],
)
def test_a_log_group_that_cannot_be_attached_says_why(group: list[dict[str, str]], says: str) -> None:
    account = Account()
    account.answers["logs.DescribeLogGroups"] = {"logGroups": group}

    result = check_log_group(account.session, "/aws/lambda/reviews", "PredictionMonitoring")

    assert result.status is CheckStatus.WRONG
    assert says in result.message


@pytest.mark.parametrize(
    ("stack_name", "expected"), [("PredictionMonitoring", "WRONG"), ("PredictionMonitoring-team-b", "OK")]
)
def test_another_deployments_filter_takes_a_place_too(stack_name: str, expected: str) -> None:
    account = Account()
    filters = [
        {"filterName": "somebody-elses"},
        {"filterName": "PredictionMonitoring-team-b-SubscriptionsFilter0-AbC"},
    ]
    account.answers |= {
        "logs.DescribeLogGroups": {"logGroups": [{"logGroupName": "/aws/lambda/reviews"}]},
        "logs.DescribeSubscriptionFilters": {"subscriptionFilters": filters},
    }

    result = check_log_group(account.session, "/aws/lambda/reviews", stack_name)

    assert result.status is CheckStatus[expected]


def test_another_bootstrap_qualifier_is_looked_for_under_its_own_name() -> None:
    account = Account()
    account.answers["ssm.GetParameter"] = {"Parameter": {"Value": "27"}}
    qualifier = bootstrap_qualifier({"@aws-cdk/core:bootstrapQualifier": "team42"})

    assert check_bootstrap(account.session, qualifier).status is CheckStatus.OK
    assert account.calls == [("ssm.GetParameter", {"Name": "/cdk-bootstrap/team42/version"})]
    assert bootstrap_qualifier({}) == "hnb659fds"


def test_a_missing_linked_role_is_found() -> None:
    account = Account()
    account.answers["iam.GetRole"] = "NoSuchEntity"

    assert check_linked_role(account.session).status is CheckStatus.WRONG


def test_a_region_without_function_urls_is_said() -> None:
    assert check_function_url(Account("eu-central-2").session).status is CheckStatus.WARNING
    assert check_function_url(Account("eu-central-1").session).status is CheckStatus.OK


def test_the_pipelines_role_may_look_at_everything_that_the_doctor_looks_at() -> None:
    """Else it would say "unknown" in a pipeline, where nobody reads it."""
    account = Account()
    settings = Settings.from_context(
        {"profile": "production", "shipper_role_name": "a-role", "log_groups": "/aws/lambda/reviews"}
    )
    account.answers |= {
        "sts.GetCallerIdentity": {"Account": "1", "Arn": "arn:aws:iam::1:user/a"},
        "ssm.GetParameter": {"Parameter": {"Value": "27"}},
        "cloudformation.DescribeStacks": NO_STACK,
        "opensearch.DescribeDomain": "ResourceNotFoundException",
        "opensearch.DescribeInstanceTypeLimits": {"LimitsByRole": {}},
        "iam.GetRole": "NoSuchEntity",
        "lambda.GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
        "logs.DescribeLogGroups": {"logGroups": [{"logGroupName": "/aws/lambda/reviews"}]},
        "logs.DescribeSubscriptionFilters": {"subscriptionFilters": []},
        "cloudwatch.ListDashboards": {"DashboardEntries": []},
        "ec2.DescribeVpcs": {"Vpcs": []},
    }
    zones(account, "eu-central-1a", "eu-central-1b", "eu-central-1c")

    results = list(check_everything(settings, account.session, "hnb659fds"))

    unknown = [each.subject for each in results if each.status is CheckStatus.UNKNOWN]
    assert unknown == ["Node quota"]  # no limit was told, which is no lack of rights
    own = {"sts:GetCallerIdentity", "ssm:GetParameter", "cloudformation:DescribeStacks"}
    assert account.actions() - own <= set(LOOKS)
    assert set(LOOKS) - account.actions() == {"lambda:GetFunctionConcurrency"}  # of a stack that is there
