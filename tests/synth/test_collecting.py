"""What is collected: filters by name, one for the whole account, and never a group that the stack itself writes."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from app import compose
from checks.profiles import FLAGS
from stacks import STACK
from stacks.constructs.subscriptions import PATTERN, OwnLogGroupError, Subscriptions
from stacks.settings import Settings


def template(**context: Any) -> Mapping[str, Any]:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    compose(app, Settings.from_context(context))
    found: Mapping[str, Any] = Template.from_stack(app.node.find_child(STACK)).to_json()["Resources"]
    return found


def of_type(resources: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def flat(value: Any) -> str:
    """Return a joined text, with the logical id in place of each reference."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        between, parts = value["Fn::Join"]
        return str(between).join(map(flat, parts))
    return str(value.get("Ref") or value["Fn::GetAtt"][0])


@pytest.mark.parametrize("transport", ["direct", "kinesis"])
def test_the_whole_account_has_one_filter_that_leaves_out_what_the_stack_writes(transport: str) -> None:
    resources = template(log_groups="account,-/aws/lambda/noisy", transport=transport)

    (policy,) = of_type(resources, "AWS::Logs::AccountPolicy").values()
    left_out = json.loads(flat(policy["SelectionCriteria"]).removeprefix("LogGroupName NOT IN "))
    document = json.loads(flat(policy["PolicyDocument"]))

    written = {name for name in of_type(resources, "AWS::Logs::LogGroup") if not name.startswith("Inference")}
    functions = of_type(resources, "AWS::Lambda::Function")
    # The CDK's own function has a log group of its own by an override; its former default group stays left out.
    former = {f"/aws/lambda/{name}" for name in functions if name.startswith("CustomS3AutoDelete")}
    assert all("LoggingConfig" in each for each in functions.values())
    assert set(left_out) == written | former | {"/aws/lambda/noisy"}
    assert document["FilterPattern"] == PATTERN
    assert document["DestinationArn"].startswith("ShipperFunction" if transport == "direct" else "Stream")
    assert ("RoleArn" in document) == (transport == "kinesis")
    assert of_type(resources, "AWS::Logs::SubscriptionFilter") == {}


def test_a_group_of_the_same_stack_is_refused_also_as_a_token() -> None:
    stack = Stack(App(), "Stack")
    group = logs.LogGroup(stack, "Logs")
    function = lambda_.Function.from_function_name(stack, "Function", "shipper")

    again = logs.LogGroup.from_log_group_name(stack, "Again", group.log_group_name)

    with pytest.raises(OwnLogGroupError, match="feed itself"):
        Subscriptions(stack, "Subscriptions", log_groups=[again], function=function, stream=None, written=[group])


def test_dropped_lines_are_counted_in_the_deployments_own_namespace() -> None:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    compose(app, Settings.from_context({"name": "reviews", "alarms": "true"}))
    resources = Template.from_stack(app.node.find_child(f"{STACK}-reviews")).to_json()["Resources"]

    (counted,) = of_type(resources, "AWS::Logs::MetricFilter").values()
    (alarm,) = (
        each
        for each in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if each.get("MetricName") == "own_lines_dropped"
    )

    assert counted["LogGroupName"]["Ref"].startswith("ShipperLogs")
    assert PATTERN not in counted["FilterPattern"]
    assert counted["MetricTransformations"][0]["MetricNamespace"] == alarm["Namespace"] == f"{STACK}-reviews"
    assert (alarm["Threshold"], alarm["Statistic"]) == (1, "Sum")


def test_three_hundred_named_groups_fit_a_stack() -> None:
    names = ",".join(f"/aws/lambda/f{number}" for number in range(300))
    resources = template(profile="production", sign_in="password", vpc="new", transport="kinesis", log_groups=names)

    assert len(of_type(resources, "AWS::Logs::SubscriptionFilter")) == 301
    assert len(resources) <= 500


@pytest.mark.parametrize("transport", ["direct", "kinesis"])
def test_patterns_have_a_function_that_may_put_filters_on_what_they_mean_and_on_nothing_else(transport: str) -> None:
    resources = template(log_groups="/aws/lambda/ml-*,-/aws/lambda/ml-test", transport=transport)

    policies = {
        name: each for name, each in of_type(resources, "AWS::IAM::Policy").items() if name.startswith("Subscriber")
    }
    (policy,) = policies.values()
    allowed = {
        action: flat(each["Resource"])
        for each in policy["PolicyDocument"]["Statement"]
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert allowed["logs:PutSubscriptionFilter"].endswith(":log-group:/aws/lambda/ml-*")
    assert ("iam:PassRole" in allowed) == (transport == "kinesis")
    (rules,) = of_type(resources, "Custom::LogGroupRules").values()
    assert (rules["PATTERNS"], rules["LEFT_OUT"]) == ("/aws/lambda/ml-*", "/aws/lambda/ml-test")
    schedules = [
        each["ScheduleExpression"]
        for name, each in of_type(resources, "AWS::Events::Rule").items()
        if name.startswith("Subscriber")
    ]
    assert schedules == ["rate(5 minutes)"]
