"""Many accounts: a destination for those of an organisation, and the small stack that sends to it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Environment
from cfnlint import api as cfnlint

from app import compose
from checks.profiles import FLAGS
from stacks import SENDING_STACK, STACK
from stacks.settings import Settings, SettingsError
from tests.synth.test_collecting import flat, of_type

ORGANISATION = {"organization_id": "o-a1b2c3d4e5", "transport": "kinesis"}
DESTINATION = "arn:aws:logs:eu-central-1:123456789012:destination:PredictionMonitoring"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"


def template(stack: str, **context: Any) -> Mapping[str, Any]:
    app = App(context={**FLAGS, "aws:cdk:bundling-stacks": []})
    compose(app, Settings.from_context(context), Environment(account="123456789012", region="eu-central-1"))
    found: Mapping[str, Any] = app.synth().get_stack_by_name(stack).template
    return found


def problems(made: Mapping[str, Any]) -> list[str]:
    """Return what cfn-lint says, but for dependencies that a reference makes anyway, which the CDK writes."""
    found = cfnlint.lint(json.dumps(made), ["us-east-1", "eu-central-1"], None)
    return [str(each) for each in found if each.rule.id != "W3005"]


@pytest.mark.parametrize("context", [ORGANISATION, {**ORGANISATION, "kms_key_arn": KEY}])
def test_the_destination_takes_filters_of_the_organisations_accounts_only(context: dict[str, str]) -> None:
    made = template(STACK, **context)

    (destination,) = of_type(made["Resources"], "AWS::Logs::Destination").values()
    (statement,) = json.loads(flat(destination["DestinationPolicy"]))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}
    assert statement["Action"] == ["logs:PutSubscriptionFilter", "logs:PutAccountPolicy"]
    assert statement["Resource"].endswith(":destination:PredictionMonitoring")
    assert "LogDestinationArn" in made["Outputs"]
    assert problems(made) == []


def test_an_account_that_sends_a_flood_can_be_blocked() -> None:
    made = template(STACK, **ORGANISATION, blocked_accounts="210987654321,345678901234")

    (destination,) = of_type(made["Resources"], "AWS::Logs::Destination").values()
    (statement,) = json.loads(flat(destination["DestinationPolicy"]))["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
        "StringNotEquals": {"aws:PrincipalAccount": ["210987654321", "345678901234"]},
    }
    assert problems(made) == []


def test_the_role_of_the_destination_may_put_records_and_nothing_else() -> None:
    resources = template(STACK, **ORGANISATION)["Resources"]

    roles = of_type(resources, "AWS::IAM::Role")
    (role,) = (name for name in roles if name.startswith("ReceivingWriter"))
    (policy,) = (each for each in of_type(resources, "AWS::IAM::Policy").values() if each["Roles"] == [{"Ref": role}])
    (trusted,) = roles[role]["AssumeRolePolicyDocument"]["Statement"]
    assert [each["Action"] for each in policy["PolicyDocument"]["Statement"]] == ["kinesis:PutRecord"]
    assert trusted["Principal"] == {"Service": "logs.amazonaws.com"}
    assert trusted["Condition"]["StringEqualsIfExists"] == {"aws:SourceOrgID": "o-a1b2c3d4e5"}


@pytest.mark.parametrize(
    ("log_groups", "kinds"),
    [
        ("", {"AWS::Logs::AccountPolicy"}),
        ("account,-/aws/lambda/noisy", {"AWS::Logs::AccountPolicy"}),
        ("/aws/lambda/a,/aws/lambda/b", {"AWS::Logs::SubscriptionFilter"}),
    ],
)
def test_the_sending_stack_has_filters_and_nothing_that_a_stack_set_could_not_take(
    log_groups: str, kinds: set[str]
) -> None:
    made = template(SENDING_STACK, send_to=DESTINATION, log_groups=log_groups)

    assert {each["Type"] for each in made["Resources"].values()} == kinds
    assert "Parameters" not in made
    assert DESTINATION in json.dumps(made)
    assert problems(made) == []


def test_filters_of_copied_and_of_transformed_logs_say_so() -> None:
    made = template(STACK, log_groups="/aws/lambda/a", centralized_logs="true", transformed_logs="true")

    filters = of_type(made["Resources"], "AWS::Logs::SubscriptionFilter").values()
    assert [each["EmitSystemFields"] for each in filters] == [["@aws.account", "@aws.region"]] * 2
    assert [each["ApplyOnTransformedLogs"] for each in filters] == [True, True]
    assert problems(made) == []


@pytest.mark.parametrize("context", [{"log_groups": "account"}, {"log_groups": "account", "transport": "kinesis"}])
def test_the_accounts_filter_is_what_cloudformation_takes(context: dict[str, str]) -> None:
    assert problems(template(STACK, **context)) == []


@pytest.mark.parametrize(
    ("context", "advice"),
    [
        ({"organization_id": "o-a1b2c3d4e5"}, "transport=kinesis beside it"),
        ({"organization_id": "my-company", "transport": "kinesis"}, "describe-organization"),
        ({**ORGANISATION, "blocked_accounts": "my-company"}, "12 digits"),
        ({"blocked_accounts": "210987654321"}, "organization_id=o-... beside it"),
        ({"send_to": "arn:aws:kinesis:eu-central-1:123456789012:stream/x"}, "LogDestinationArn"),
        ({"send_to": DESTINATION.replace("eu-central-1", "us-east-1")}, "a destination in eu-central-1"),
        ({"send_to": DESTINATION, "log_groups": "/aws/lambda/ml-*"}, "no function that could look"),
        ({"log_groups": "account", "centralized_logs": "true"}, "by name or by pattern"),
        ({"log_groups": "account", "transformed_logs": "true"}, "by name or by pattern"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(context: dict[str, str], advice: str) -> None:
    with pytest.raises(SettingsError) as refused:
        template(SENDING_STACK, **context)

    assert advice in str(refused.value)
