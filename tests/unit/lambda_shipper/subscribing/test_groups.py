"""Attached by rule: what the patterns mean, and never a filter or a group of somebody else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_shipper.subscribing.config import Config
from lambda_shipper.subscribing.groups import attach, detach, means, subscribed
from lambda_shipper.subscribing.handler import handler
from tests.shipping import Reply, wire

DESTINATION = "arn:aws:lambda:eu-central-1:123456789012:function:shipper"
OWN = "PredictionMonitoring-ShipperLogsC5150F11-Ab3dEfGh1jKl"
RULES = Config(
    patterns=("/aws/lambda/ml-*", "*-scorer"),
    left_out=("/aws/lambda/ml-test*",),
    destination_arn=DESTINATION,
    filter_name="by-rule",
    filter_pattern="prediction",
)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    subscribed.clear()
    with mock_aws():
        code = {"ZipFile": b"PK\x05\x06" + bytes(18)}
        role = boto3.client("iam").create_role(RoleName="shipper", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        boto3.client("lambda").create_function(
            FunctionName="shipper", Runtime="python3.13", Role=role, Handler="a.b", Code=code
        )
        yield boto3.client("logs")


def make(logs: Any, *names: str) -> None:
    for name in names:
        logs.create_log_group(logGroupName=name)


def filters(logs: Any, name: str) -> list[str]:
    return [each["filterName"] for each in logs.describe_subscription_filters(logGroupName=name)["subscriptionFilters"]]


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("/aws/lambda/ml-reviews", True),
        ("/ecs/fraud-scorer", True),
        ("/aws/lambda/ml-test-1", False),
        ("/aws/lambda/other", False),
        ("/aws/lambda/xml-reviews", False),
        (f"{OWN}-scorer", False),
        (OWN, False),
    ],
)
def test_the_rules_mean_what_matches_and_is_not_left_out_and_never_an_own_group(name: str, is_meant: bool) -> None:
    assert means(replace(RULES, patterns=(*RULES.patterns, "Pred*")), name) is is_meant


def test_what_appears_later_is_attached_by_the_next_run(logs: Any) -> None:
    make(logs, "/aws/lambda/ml-a", "/aws/lambda/other")
    first = attach(logs, RULES)
    make(logs, "/aws/lambda/ml-b")
    second = attach(logs, RULES)

    assert (first.new, second.new, second.attached) == (1, 1, 2)
    assert filters(logs, "/aws/lambda/ml-b") == ["by-rule"]
    assert filters(logs, "/aws/lambda/other") == []


def test_a_group_with_two_filters_of_others_is_said_and_left(logs: Any) -> None:
    make(logs, "/aws/lambda/ml-a")
    for name in ("one", "two"):
        logs.put_subscription_filter(
            logGroupName="/aws/lambda/ml-a", filterName=name, filterPattern="", destinationArn=DESTINATION
        )

    found = attach(logs, RULES)

    assert found.report() == {
        "attached": 0,
        "new": 0,
        "removed": 0,
        "other_class": 0,
        "full": 1,
        "full_groups": ["/aws/lambda/ml-a"],
    }


def test_what_left_the_rules_loses_the_filter_and_no_other_one(logs: Any) -> None:
    make(logs, "/aws/lambda/ml-a", "/ecs/fraud-scorer")
    attach(logs, RULES)
    logs.put_subscription_filter(
        logGroupName="/ecs/fraud-scorer", filterName="theirs", filterPattern="", destinationArn=DESTINATION
    )

    removed = detach(logs, replace(RULES, patterns=("/aws/lambda/ml-*",)), everything=False)

    assert removed == 1
    assert filters(logs, "/aws/lambda/ml-a") == ["by-rule"]
    assert filters(logs, "/ecs/fraud-scorer") == ["theirs"]


@pytest.mark.parametrize(("request_type", "left"), [("Create", 1), ("Update", 1), ("Delete", 0)])
def test_cloudformation_is_answered_and_a_deletion_leaves_nothing(
    request_type: str, left: int, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in RULES.to_env().items():
        monkeypatch.setenv(name, value)
    make(logs, "/aws/lambda/ml-a")
    attach(logs, RULES)

    with wire(lambda request: Reply(body=b"")) as cloudformation:
        event = {
            "RequestType": request_type,
            "StackId": "stack",
            "RequestId": "1",
            "LogicalResourceId": "Rules",
            "ResponseURL": f"{cloudformation.url}/answer",
        }
        handler(event, None)

    (request,) = cloudformation.about_fields
    assert json.loads(request.body)["Status"] == "SUCCESS"
    assert json.loads(request.body)["PhysicalResourceId"] == "Rules"
    assert len(filters(logs, "/aws/lambda/ml-a")) == left
