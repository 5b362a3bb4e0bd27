"""The template with the Kinesis transport."""

import pytest
from aws_cdk.assertions import Match, Template

from checks.profiles import composed
from stacks import STACK
from stacks.constructs import shipper, stream


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    app = composed({"transport": "kinesis"}, tmp_path_factory.mktemp("kinesis"))
    return Template.from_stack(app.node.find_child(STACK))


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


def test_a_failing_batch_is_halved_retried_and_kept(template: Template) -> None:
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

    assert {*shipper.KINESIS} <= handlers
    assert not {*shipper.DIRECT} & handlers
