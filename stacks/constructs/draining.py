"""Holds the removal of the stream until everything in it is shipped."""

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lambda_shipper.draining.config import Config
from lambda_shipper.draining.markers import PREFIX
from stacks.constructs.functions import FunctionFactory

TIMEOUT = Duration.minutes(15)
"""The most that Lambda gives. An outage of the domain that lasts longer leaves the stream where it is."""


class Drain(Construct):
    """Make it a dependant of what reads `stream`: CloudFormation then deletes it first, and waits until it is done.

    A deletion of the whole stack does not wait.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stream: kinesis.IStream,
        failure_bucket: s3.IBucket,
        key: kms.IKey | None,
        code: lambda_.Code,
        functions: FunctionFactory,
    ) -> None:
        """Let the function put markers into `stream`, and see them confirmed in `failure_bucket`."""
        super().__init__(scope, construct_id)
        config = Config(stream_name=stream.stream_name, failure_bucket=failure_bucket.bucket_name)
        function = functions.make(
            self,
            "Function",
            code=code,
            handler="lambda_shipper.draining.handler.handler",
            memory_size=128,
            timeout=TIMEOUT,
            environment=config.to_env(),
            retry_attempts=0,
            description="Waits until the stream is read, before it is removed",
        )
        for action, resource in (
            ("kinesis:ListShards", stream.stream_arn),
            ("kinesis:PutRecords", stream.stream_arn),
            ("s3:ListBucket", failure_bucket.bucket_arn),
            ("s3:DeleteObject", failure_bucket.arn_for_objects(f"{PREFIX}*")),
            ("cloudformation:DescribeStacks", Stack.of(self).stack_id),
        ):
            function.add_to_role_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        if key:
            key.grant(function, "kms:GenerateDataKey")
        self.resource = CustomResource(
            self, "Resource", service_token=function.function_arn, resource_type="Custom::DrainedStream"
        )
        # It needs its permissions at its deletion.
        self.resource.node.add_dependency(function.role)
