"""The Kinesis stream between the subscriptions and the shipper, for thousands of events a second."""

import jsii
from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.interfaces import aws_logs as logs_interfaces
from constructs import Construct

from stacks.constructs.draining import Drain
from stacks.constructs.functions import FunctionFactory

BATCH_SIZE = 500
"""Records in an invocation, each a subscription batch; Lambda also ends a batch at 6 MB."""
BATCHING_WINDOW = Duration.seconds(2)
"""How long a record may wait for company: fewer, larger bulk requests for two seconds of lag."""
PARALLEL = 2
"""Invocations of one shard at once; an on-demand stream starts with four shards."""
RETRIES = 10
READS = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")
READING = [f"kinesis:{each}" for each in READS]
"""What Lambda does at the stream in the function's name."""
RETENTION = Duration.hours(24)


class LogStream(Construct):
    """A stream that takes subscription batches, and the mapping that invokes `function` with them.

    On demand, so it has no shards to plan: up to 4 MB/s at once, and twice its highest of the last 30 days. What fails
    is delivered again, from the record the function names, in halves; after `RETRIES` it lies in `failure_bucket`.
    A shard waits meanwhile, so an outage of the domain shows as iterator age first. The function's handler must be
    the one for streams.

    Its role must be allowed to put objects into `failure_bucket` and list it. It may read the stream. A deployment
    without the stream ends when `function` has read it to its end.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function,
        failure_bucket: s3.IBucket,
        key: kms.IKey | None,
        code: lambda_.Code,
        functions: FunctionFactory,
    ) -> None:
        """`key` encrypts the stream instead of AWS's own; `function` must already be allowed to decrypt with it.

        `code` and `functions` make the function that waits for its end.
        """
        super().__init__(scope, construct_id)
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=kinesis.StreamMode.ON_DEMAND,
            encryption=kinesis.StreamEncryption.KMS if key else kinesis.StreamEncryption.MANAGED,
            encryption_key=key,
            retention_period=RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.writer = iam.Role(
            self,
            "Writer",
            # For this account's log groups only, so that no other account's filter can borrow the role.
            assumed_by=iam.ServicePrincipal(
                "logs.amazonaws.com",
                conditions={
                    "StringLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"}
                },
            ),
            description="Lets CloudWatch Logs put log events into the stream",
        )
        self.writer.add_to_policy(
            iam.PolicyStatement(actions=["kinesis:PutRecord"], resources=[self.stream.stream_arn])
        )
        if key:
            key.grant(self.writer, "kms:GenerateDataKey")
        self.mapping = self._read(function, failure_bucket)
        self.drain = Drain(
            self,
            "Drain",
            stream=self.stream,
            failure_bucket=failure_bucket,
            key=key,
            code=code,
            functions=functions,
        )
        self.drain.resource.node.add_dependency(self.mapping)

    def _read(self, function: lambda_.Function, failure_bucket: s3.IBucket) -> lambda_.EventSourceMapping:
        mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function,
            event_source_arn=self.stream.stream_arn,
            # Nothing that was logged between the stream's creation and the mapping's is skipped.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH_SIZE,
            max_batching_window=BATCHING_WINDOW,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=RETRIES,
            max_record_age=RETENTION,
            parallelization_factor=PARALLEL,
            on_failure=_ObjectsIn(failure_bucket),
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
        # A policy of its own goes after the mapping. A statement in the role's would go before: reading would fail.
        reading = iam.Policy(self, "Reading", roles=[function.role] if function.role else [])
        reading.add_statements(iam.PolicyStatement(actions=READING, resources=[self.stream.stream_arn]))
        mapping.node.add_dependency(function.role, reading)
        return mapping

    def filter_on(
        self, scope: Construct, construct_id: str, group: logs.ILogGroup, pattern: str
    ) -> logs.SubscriptionFilter:
        """Make the filter that puts what matches `pattern` in `group` into the stream."""
        made = logs.SubscriptionFilter(
            scope,
            construct_id,
            log_group=group,
            destination=_Into(self.stream, self.writer),
            filter_pattern=logs.FilterPattern.literal(pattern),
        )
        made.node.add_dependency(self.writer, self.mapping)
        return made


@jsii.implements(logs.ILogSubscriptionDestination)
class _Into:
    """A stream as a filter's destination, with the one action it takes; the CDK's own also grants passing the role."""

    def __init__(self, stream: kinesis.IStream, writer: iam.IRole) -> None:
        self._stream, self._writer = stream, writer

    def bind(self, _scope: Construct, _group: logs_interfaces.ILogGroupRef) -> logs.LogSubscriptionDestinationConfig:
        return logs.LogSubscriptionDestinationConfig(arn=self._stream.stream_arn, role=self._writer)


@jsii.implements(lambda_.IEventSourceDlq)
class _ObjectsIn:
    """An S3 destination; the function's role has the two actions for it already."""

    def __init__(self, bucket: s3.IBucket) -> None:
        self._bucket = bucket

    def bind(self, _target: lambda_.IEventSourceMapping, _handler: lambda_.IFunction) -> lambda_.DlqDestinationConfig:
        return lambda_.DlqDestinationConfig(destination=self._bucket.bucket_arn)
