"""The Kinesis transport and the pipeline's role, as templates."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from checks.templates import PROFILES, compose
from stacks import deployment_role, shipper, stream


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Template]:
    app = compose(PROFILES["kinesis"], tmp_path_factory.mktemp("kinesis"))
    names = ("PredictionMonitoring", "PredictionMonitoringDeployment")
    return {name: Template.from_stack(app.node.find_child(name)) for name in names}


@pytest.fixture(scope="module")
def template(templates: Mapping[str, Template]) -> Template:
    return templates["PredictionMonitoring"]


def logical_id(template: Template, kind: str) -> str:
    (name,) = template.find_resources(kind)
    return name


def test_the_stream_is_encrypted_and_needs_no_shards(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Kinesis::Stream",
        {
            "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
        },
    )


def test_each_filter_puts_predictions_into_the_stream_and_invokes_nothing(template: Template) -> None:
    stream_id = logical_id(template, "AWS::Kinesis::Stream")

    filters = [each["Properties"] for each in template.find_resources("AWS::Logs::SubscriptionFilter").values()]

    assert filters
    for each in filters:
        assert each["DestinationArn"] == {"Fn::GetAtt": [stream_id, "Arn"]}
        assert each["FilterPattern"] == "prediction"
    principals = [
        each["Properties"]["Principal"] for each in template.find_resources("AWS::Lambda::Permission").values()
    ]
    assert "logs.amazonaws.com" not in principals


def test_the_logs_service_may_only_put_into_the_stream(template: Template) -> None:
    (policy,) = (
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in template.find_resources("AWS::IAM::Policy").items()
        if name.startswith("StreamWriter")
    )

    assert [each["Action"] for each in policy] == ["kinesis:PutRecord"]


def test_what_fails_is_halved_retried_and_kept(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumBatchingWindowInSeconds": 2,
            "MaximumRetryAttempts": stream.RETRIES,
            "DestinationConfig": {"OnFailure": {"Destination": Match.any_value()}},
        },
    )


def test_the_functions_have_the_streams_entries(template: Template) -> None:
    handlers = {each["Properties"].get("Handler") for each in template.find_resources("AWS::Lambda::Function").values()}

    assert {stream.HANDLER, stream.REPLAY_HANDLER} <= handlers
    assert not {shipper.HANDLER, shipper.REPLAY_HANDLER} & handlers


def trust(template: Template, description: str) -> dict[str, Any]:
    (role,) = (
        each["Properties"]
        for each in template.find_resources("AWS::IAM::Role").values()
        if each["Properties"].get("Description", "").endswith(description)
    )
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    return statement


@pytest.mark.parametrize("subject", ["repo:owner/name:environment:production", "repo:owner/name:pull_request"])
def test_a_role_is_for_one_repository_and_purpose(templates: Mapping[str, Template], subject: str) -> None:
    statement = trust(templates["PredictionMonitoringDeployment"], subject)

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            f"{deployment_role.ISSUER}:aud": "sts.amazonaws.com",
            f"{deployment_role.ISSUER}:sub": subject,
        }
    }


def test_the_roles_may_do_nothing_but_take_on_the_bootstraps_roles_and_read_two_things(
    templates: Mapping[str, Template],
) -> None:
    policies = templates["PredictionMonitoringDeployment"].find_resources("AWS::IAM::Policy").values()

    actions = {each["Action"] for policy in policies for each in policy["Properties"]["PolicyDocument"]["Statement"]}

    assert actions == {"sts:AssumeRole", "ssm:GetParameter", "cloudformation:DescribeStacks"}
