"""The template with the Kinesis transport."""

import json

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


def test_with_and_without_the_stream_the_functions_have_one_entry_that_takes_both(template: Template) -> None:
    for made in (template, Template.from_stack(composed({}).node.find_child(STACK))):
        functions = made.find_resources("AWS::Lambda::Function").values()
        assert {shipper.HANDLER, shipper.REPLAY_HANDLER} <= {each["Properties"].get("Handler") for each in functions}


def needs(template: Template, logical_id: str) -> set[str]:
    """Return what a resource depends on, near and far: CloudFormation deletes it before all of these."""
    resources, found, left = template.to_json()["Resources"], set[str](), [logical_id]
    while left:
        text = json.dumps(resources[left.pop()])
        named = {name for name in resources if f'"{name}"' in text} - found
        found |= named
        left += named
    return found - {logical_id}


def test_a_removed_stream_is_read_to_its_end_before_anything_that_reads_it_goes(template: Template) -> None:
    needed = needs(template, logical_id(template, "Custom::DrainedStream"))

    reading = next(name for name in template.find_resources("AWS::IAM::Policy") if name.startswith("StreamReading"))
    for kind in ("AWS::Kinesis::Stream", "AWS::Lambda::EventSourceMapping"):
        assert logical_id(template, kind) in needed
    assert reading in needed
    assert any(name.startswith("StreamDrainFunctionServiceRoleDefaultPolicy") for name in needed)


def test_the_right_to_read_is_taken_from_the_shipper_after_the_mapping_is_gone(template: Template) -> None:
    needed = needs(template, logical_id(template, "AWS::Lambda::EventSourceMapping"))
    policies = template.find_resources("AWS::IAM::Policy")
    readers = {name for name, each in policies.items() if "kinesis:GetRecords" in json.dumps(each)}

    assert len(readers) == 1
    assert readers <= needed
    assert readers.isdisjoint(
        Template.from_stack(composed({}).node.find_child(STACK)).find_resources("AWS::IAM::Policy")
    )
