"""The shipper, what catches the batches it cannot deliver, and what replays them."""

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lambda_shipper.config import Config
from lambda_shipper.delivery.report import OWN_LINES
from stacks.constructs.bundling import Platform, contracts, python_code
from stacks.constructs.functions import FunctionFactory, keep_emptying_to_own_log

HANDLER, REPLAY_HANDLER = "lambda_shipper.kinesis.handler", "lambda_shipper.kinesis.replay_handler"
"""They take what comes directly, too: while a stream is added or removed, both come."""
MEMORY_MIB = 512
"""CPU comes in proportion to memory; the shipper itself needs less than 100."""
DOMAIN_ACCESS: tuple[tuple[str, str], ...] = (
    ("es:ESHttpPost", "/_bulk"),
    ("es:ESHttpGet", "/cwl-*/_mapping"),
    ("es:ESHttpPut", "/cwl-*/_mapping"),
    ("es:ESHttpPut", "/cwl-????.??.??"),
)
"""What both functions do at the domain, as (action, path): write documents, and read and add the fields of a day's
index, which they make if it is not there. A bulk request names its indices in its body, which IAM does not read."""
REPLAY_ACTIONS = ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"]
"""What replay does with an object: read it, count the attempt in a tag, copy it aside, delete it."""
TIMEOUT = Duration.minutes(2)
SET_ASIDE_PREFIX = "set-aside/"
SET_ASIDE_FOR = Duration.days(90)
REPLAY_EVERY = Duration.minutes(10)
REPLAY_TIMEOUT = Duration.minutes(9)
"""Below `REPLAY_EVERY`, so that two runs do not meet. It would be safe, only wasteful."""


def shipper_code(platform: Platform) -> lambda_.Code:
    """Return the asset of both functions."""
    return python_code(
        [*contracts("actuals", "indices", "labels", "own_groups", "text_terms"), "lambda_shipper"],
        platform,
        "lambda_shipper/requirements.txt",
    )


class Shipper(Construct):
    """The subscription's destination, its failure bucket, and the scheduled replay out of it.

    Lambda tries a batch three times over about three minutes, then writes it to `failure_bucket` under
    `aws/lambda/async/`; the shipper puts there, under `rejected/`, the single documents that the domain refuses in
    every form. The bucket holds log text in full, whatever `store_text` says of the index.

    `function` may write its log and put objects into the bucket, which Lambda does with its role too.
    `replay_function` may also read, tag and delete them. The stack grants both `DOMAIN_ACCESS` at the domain.
    """

    # Long: two functions that differ in most of what is said of them, and a bucket.
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        code: lambda_.Code,
        functions: FunctionFactory,
        role_name: str | None = None,
        reserved_concurrency: int | None = None,
        retain_failures: bool = False,
        empty_failures: bool = True,
        key: kms.IKey | None = None,
    ) -> None:
        """``config`` comes without its failure bucket, which is made here.

        ``role_name`` is a physical name, which a second stack in the account cannot have too.
        ``reserved_concurrency`` bounds how hard a burst of logs presses on the domain; what is throttled by it waits in
        Lambda's own queue for up to six hours. Deleting the stack deletes the bucket unless ``retain_failures``, after
        a function of the CDK's emptied it if ``empty_failures`` (the emulator cannot run that function). ``key``
        encrypts the bucket, S3's own without it; both functions may use it.
        """
        super().__init__(scope, construct_id)
        self.failure_bucket = s3.Bucket(
            self,
            "Failures",
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=bool(key),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            # An alarm asks for somebody to look; log text must not lie here for ever where nobody does.
            lifecycle_rules=[s3.LifecycleRule(prefix=SET_ASIDE_PREFIX, expiration=SET_ASIDE_FOR)],
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain_failures else RemovalPolicy.DESTROY,
            auto_delete_objects=empty_failures and not retain_failures,
        )
        if empty_failures and not retain_failures:
            keep_emptying_to_own_log(self, functions.log_retention)
        environment = config.to_env() | {"FAILURE_BUCKET": self.failure_bucket.bucket_name}
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler=HANDLER,
            memory_size=MEMORY_MIB,
            timeout=TIMEOUT,
            environment=environment,
            role=self._role(role_name),
            reserved_concurrent_executions=reserved_concurrency,
            retry_attempts=2,
            max_event_age=Duration.hours(6),
            on_failure=_ObjectsIn(self.failure_bucket),
            description="Ships predictions from log groups to OpenSearch",
        )
        self.replay_function = functions.make(
            self,
            "Replay",
            log_id="ReplayLogs",
            code=code,
            handler=REPLAY_HANDLER,
            memory_size=MEMORY_MIB,
            timeout=REPLAY_TIMEOUT,
            environment=environment,
            retry_attempts=0,
            description="Delivers again what the shipper could not",
        )
        events.Rule(
            self,
            "ReplaySchedule",
            schedule=events.Schedule.rate(REPLAY_EVERY),
            targets=[targets.LambdaFunction(self.replay_function, retry_attempts=0)],
        )

        # The shipper's role may list and put already, for Lambda's own failure records.
        self._allow_replay(["s3:ListBucket"], self.failure_bucket.bucket_arn)
        self._allow_replay(REPLAY_ACTIONS, self.failure_bucket.arn_for_objects("*"))
        if key:
            for function in (self.function, self.replay_function):
                key.grant(function, "kms:Decrypt", "kms:GenerateDataKey")

    def own_lines(self, namespace: str) -> cloudwatch.Metric:
        """Count in `namespace` the dropped lines that functions of this project wrote; return that metric."""
        return logs.MetricFilter(
            self,
            "OwnLines",
            log_group=self.function.log_group,
            filter_pattern=logs.FilterPattern.exists(f"$.{OWN_LINES}"),
            metric_namespace=namespace,
            metric_name=OWN_LINES,
            metric_value=f"$.{OWN_LINES}",
        ).metric(statistic="Sum", period=Duration.minutes(5))

    def _allow_replay(self, actions: list[str], resource: str) -> None:
        self.replay_function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))

    def _role(self, name: str | None) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            role_name=name,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="What the shipper may do: write predictions, its own log, and its failures",
        )


@jsii.implements(lambda_.IDestination)
class _ObjectsIn:
    """An S3 on-failure destination with the two actions that Lambda asks for; the CDK's own also grants reading."""

    def __init__(self, bucket: s3.IBucket) -> None:
        self._bucket = bucket

    def bind(
        self, _scope: Construct, function: lambda_.IFunction, *, type: lambda_.DestinationType
    ) -> lambda_.DestinationConfig:
        put = iam.PolicyStatement(actions=["s3:PutObject"], resources=[self._bucket.arn_for_objects("*")])
        listing = iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self._bucket.bucket_arn])
        function.add_to_role_policy(put)
        function.add_to_role_policy(listing)
        return lambda_.DestinationConfig(destination=self._bucket.bucket_arn)
