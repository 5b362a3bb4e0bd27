"""`predmon doctor` on what is collected: other places, the account's one filter, and patterns."""

import json
from typing import Any

import pytest

from predmon.commands.deploying.account_checks import CheckStatus
from predmon.commands.deploying.source_checks import (
    check_account_filter,
    check_elsewhere,
    check_key,
    check_patterns,
)
from stacks.settings import Settings
from tests.unit.predmon.commands.account import Account

NEIGHBOUR = "PredictionMonitoring-reviews-ShipperLogsC5150F11-Ab3dEfGh1jKl"
OWN = "PredictionMonitoring-ShipperLogsC5150F11-Ab3dEfGh1jKl"
EXAMPLE = "PredictionMonitoring-reviews-InferenceLogsC1F7CC05-Ab3dEfGh1jKl"


def account(*groups: str, policies: tuple[str, ...] = (), **more: Any) -> Account:
    made = Account()
    made.answers["sts.GetCallerIdentity"] = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/a"}
    made.answers["logs.DescribeAccountPolicies"] = {"accountPolicies": [{"policyName": each} for each in policies]}
    made.answers["logs.DescribeLogGroups"] = {"logGroups": [{"logGroupName": each, **more} for each in groups]}
    return made


@pytest.mark.parametrize(("region", "status"), [("eu-central-1", CheckStatus.OK), ("eu-west-1", CheckStatus.WRONG)])
def test_log_groups_elsewhere_are_found_before_a_deployment(region: str, status: CheckStatus) -> None:
    settings = Settings.from_context({"log_groups": f"arn:aws:logs:{region}:123456789012:log-group:/a"})

    assert check_elsewhere(account().session, settings).status is status


@pytest.mark.parametrize(
    ("policies", "groups", "log_groups", "status", "said"),
    [
        ((), (OWN, EXAMPLE), "account", CheckStatus.OK, "free"),
        (("PredictionMonitoring",), (), "account", CheckStatus.OK, "free"),
        (("siem",), (), "account", CheckStatus.WRONG, "taken by siem"),
        ((), (OWN, NEIGHBOUR), "account", CheckStatus.WARNING, f"add -{NEIGHBOUR} to log_groups"),
        ((), (OWN, NEIGHBOUR), f"account,-{NEIGHBOUR}", CheckStatus.OK, "free"),
    ],
)
def test_the_accounts_filter_is_free_and_takes_in_no_neighbour(
    policies: tuple[str, ...], groups: tuple[str, ...], log_groups: str, status: CheckStatus, said: str
) -> None:
    settings = Settings.from_context({"log_groups": log_groups})

    result = check_account_filter(account(*groups, policies=policies).session, settings, "PredictionMonitoring")

    assert result.status is status
    assert said in result.message


@pytest.mark.parametrize(
    ("groups", "more", "status", "said"),
    [
        (("/aws/lambda/ml-a", "/aws/lambda/b"), {}, CheckStatus.OK, "mean 1 log groups"),
        (("/aws/lambda/b", OWN), {}, CheckStatus.WARNING, "no log group yet"),
        (("/aws/lambda/ml-a",), {"logGroupClass": "INFREQUENT_ACCESS"}, CheckStatus.WARNING, "/aws/lambda/ml-a"),
    ],
)
def test_patterns_say_what_they_mean_now(
    groups: tuple[str, ...], more: dict[str, Any], status: CheckStatus, said: str
) -> None:
    settings = Settings.from_context({"log_groups": "/aws/lambda/ml-*"})

    result = check_patterns(account(*groups, **more).session, settings)

    assert result.status is status
    assert said in result.message


@pytest.mark.parametrize(
    ("effect", "principal", "status"),
    [
        ("Allow", {"Service": "logs.eu-central-1.amazonaws.com"}, CheckStatus.OK),
        ("Allow", {"Service": ["s3.amazonaws.com", "logs.eu-central-1.amazonaws.com"]}, CheckStatus.OK),
        ("Deny", {"Service": "logs.eu-central-1.amazonaws.com"}, CheckStatus.WRONG),
        ("Allow", {"Service": "logs.eu-west-1.amazonaws.com"}, CheckStatus.WRONG),
        ("Allow", {"AWS": "arn:aws:iam::123456789012:root"}, CheckStatus.WRONG),
        ("Allow", "*", CheckStatus.WRONG),
    ],
)
def test_a_key_that_cloudwatch_logs_may_not_use_is_found(effect: str, principal: Any, status: CheckStatus) -> None:
    made = account()
    statement = {"Effect": effect, "Principal": principal, "Action": "kms:*", "Resource": "*"}
    made.answers["kms.GetKeyPolicy"] = {"Policy": json.dumps({"Statement": [statement]})}
    key = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    settings = Settings.from_context({"kms_key_arn": key})

    assert check_key(made.session, settings).status is status
