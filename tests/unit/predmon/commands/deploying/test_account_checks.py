"""`predmon doctor` before accounts of all kinds: each would let a first deployment fail after half an hour."""

from typing import Any

import pytest

from predmon.commands.deploying.account_checks import (
    CheckStatus,
    check_bootstrap,
    check_linked_role,
    check_log_group,
    check_names,
    check_stack,
)
from predmon.commands.deploying.doctor import check_everything
from predmon.commands.deployment.settings import bootstrap_qualifier
from stacks.deployment_role import LOOKS, OWN_LOOKS
from stacks.settings import Settings
from tests.unit.predmon.commands.account import Account, give_zones

NO_STACK = "ValidationError: Stack with id PredictionMonitoring does not exist"
IN_A_VPC = {"profile": "production", "vpc": "new", "sign_in": "password"}
PRODUCTION = Settings.from_context(IN_A_VPC)


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackName": "PredictionMonitoring", "StackStatus": status, "StackId": "arn:stack"}]}


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


def test_the_pipelines_role_may_look_at_everything_that_the_doctor_looks_at() -> None:
    """Else it would say "unknown" in a pipeline, where nobody reads it."""
    account = Account()
    settings = Settings.from_context({**IN_A_VPC, "shipper_role_name": "a-role", "log_groups": "/aws/lambda/reviews"})
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
        "logs.DescribeAccountPolicies": {"accountPolicies": []},
        "cloudwatch.ListDashboards": {"DashboardEntries": []},
        "ec2.DescribeVpcs": {"Vpcs": []},
    }
    give_zones(account, "eu-central-1a", "eu-central-1b", "eu-central-1c")

    everywhere = Settings.from_context({"log_groups": "account"})
    results = [each for chosen in (settings, everywhere) for each in check_everything(chosen, account.session, {})]

    unknown = [each.subject for each in results if each.status is CheckStatus.UNKNOWN]
    assert unknown == ["Node quota"] * 2  # no limit was told, which is no lack of rights
    own = {"sts:GetCallerIdentity", "ssm:GetParameter", "cloudformation:DescribeStacks"}
    assert account.actions() - own <= {*LOOKS, *OWN_LOOKS}
    of_a_stack_that_is_there = {"lambda:GetFunctionConcurrency", "es:GetCompatibleVersions"}
    assert {*LOOKS, *OWN_LOOKS} - account.actions() == of_a_stack_that_is_there
