"""The shipper's construct: what it may do, where its failures go, and how they are replayed."""

from typing import Any

from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Capture, Match, Template

from lambda_shipper.config import Config
from stacks.constructs.shipper import Shipper
from tests.synth.conftest import FUNCTIONS
from tests.synth.reading import as_list

CONFIG = Config(opensearch_url="https://search.example", opensearch_auth="sigv4", opensearch_region="eu-central-1")


def synthesize(**choices: Any) -> Template:
    stack = Stack(App(), "Test")
    Shipper(
        stack,
        "Shipper",
        config=CONFIG,
        code=lambda_.Code.from_inline("the code is another test's matter"),
        functions=FUNCTIONS,
        **choices,
    )
    return Template.from_stack(stack)


def test_both_functions_get_the_configuration_and_the_bucket() -> None:
    template = synthesize()

    for handler in ("lambda_shipper.kinesis.handler", "lambda_shipper.kinesis.replay_handler"):
        found = template.find_resources("AWS::Lambda::Function", {"Properties": {"Handler": handler}})
        [function] = found.values()
        variables = function["Properties"]["Environment"]["Variables"]
        assert variables.pop("FAILURE_BUCKET")["Ref"].startswith("Shipper")
        assert variables == {key: value for key, value in CONFIG.to_env().items() if key != "FAILURE_BUCKET"}


def test_batch_that_fails_three_times_goes_to_the_bucket() -> None:
    template = synthesize()
    [bucket] = template.find_resources("AWS::S3::Bucket")

    template.has_resource_properties(
        "AWS::Lambda::EventInvokeConfig",
        {
            "MaximumRetryAttempts": 2,
            "MaximumEventAgeInSeconds": 21600,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": [bucket, "Arn"]}}},
        },
    )


def test_bucket_is_private_encrypted_and_reached_over_tls_only() -> None:
    template = synthesize()

    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketEncryption": Match.any_value(),
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        },
    )
    denial = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    statements = Match.array_with([Match.object_like(denial)])
    template.has_resource_properties("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": statements}})


def test_bucket_outlives_the_stack_when_it_is_told_to() -> None:
    synthesize(retain_failures=True).has_resource("AWS::S3::Bucket", {"DeletionPolicy": "RetainExceptOnCreate"})


def test_shipper_s_role_may_write_its_log_and_its_failures_and_nothing_else() -> None:
    template = synthesize(role_name="mlops-cluster-role")
    statements = Capture()

    template.has_resource_properties("AWS::IAM::Role", {"RoleName": "mlops-cluster-role"})
    [role] = template.find_resources("AWS::IAM::Role", {"Properties": {"RoleName": "mlops-cluster-role"}})
    template.has_resource_properties(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": statements}, "Roles": [{"Ref": role}]}
    )
    actions = {action for each in statements.as_array() for action in as_list(each["Action"])}
    assert actions == {"logs:CreateLogStream", "logs:PutLogEvents", "s3:PutObject", "s3:ListBucket"}
    assert all(each["Resource"] != "*" for each in statements.as_array())


def test_replay_comes_every_ten_minutes_and_ends_before_the_next() -> None:
    template = synthesize()

    template.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(10 minutes)"})
    template.has_resource_properties(
        "AWS::Lambda::Function", {"Handler": "lambda_shipper.kinesis.replay_handler", "Timeout": 540}
    )


def test_reserved_concurrency_is_reserved_only_on_request() -> None:
    shipper = {"Handler": "lambda_shipper.kinesis.handler"}

    synthesize().has_resource_properties(
        "AWS::Lambda::Function", {**shipper, "ReservedConcurrentExecutions": Match.absent()}
    )
    synthesize(reserved_concurrency=5).has_resource_properties(
        "AWS::Lambda::Function", {**shipper, "ReservedConcurrentExecutions": 5}
    )
