"""The shipper, what catches the batches it cannot deliver, and what replays them."""

import json
from pathlib import Path

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lambda_shipper.config import Config

BUNDLE = ["lambda_shipper"]
REQUIREMENTS = "lambda_shipper/requirements.txt"
HANDLER = "lambda_shipper.handler.handler"
REPLAY_HANDLER = "lambda_shipper.replay.handler"
MEMORY_MIB = 512
"""CPU comes in proportion to memory; the shipper itself needs less than 100."""
REPLAY_OBJECT_ACTIONS = [
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:PutObjectTagging",
]
"""What replay does with an object: read it, count the attempt in a tag, copy it aside, delete it."""
TIMEOUT = Duration.minutes(2)
REPLAY_EVERY = Duration.minutes(10)
REPLAY_TIMEOUT = Duration.minutes(9)
"""Below `REPLAY_EVERY`, so that two runs do not meet. It would be safe, only wasteful."""


def index_template(shards: int) -> str:
    """The JSON of the template of the days' indices, each in so many shards."""
    template = json.loads((Path(__file__).parent.parent / "lambda_shipper" / "index_template.json").read_text())
    template["template"]["settings"]["number_of_shards"] = shards
    return json.dumps(template)


class Shipper(Construct):
    """The subscription's destination, its failure bucket, and the scheduled replay out of it.

    Lambda tries a batch three times over about three minutes, then writes it to `failure_bucket` under
    `aws/lambda/async/`; the shipper puts there, under `rejected/`, the single documents that the domain refuses in
    every form. The bucket holds log text in full, whatever `store_text` says of the index.

    `function` may write its log and put objects into the bucket, which Lambda does with its role too. The stack grants
    the rest: writing to the domain (both functions), and reading, writing, tagging and deleting in `failure_bucket`
    (`replay_function`).
    """

    # Long: two functions that differ in most of what is said of them, and a bucket.
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Config,
        code: lambda_.Code,
        architecture: lambda_.Architecture = lambda_.Architecture.ARM_64,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        role_name: str | None = None,
        reserved_concurrency: int | None = None,
        retain_failures: bool = False,
        empty_failures: bool = True,
        failure_retention_days: int | None = None,
        vpc: ec2.IVpc | None = None,
        security_groups: list[ec2.ISecurityGroup] | None = None,
        handler: str = HANDLER,
        replay_handler: str = REPLAY_HANDLER,
        key: kms.IKey | None = None,
    ) -> None:
        """``config`` comes without its failure bucket, which is made here.

        ``role_name`` is a physical name, which a second stack in the account cannot have too.
        ``reserved_concurrency`` bounds how hard a burst of logs presses on the domain; what is throttled by it waits in
        Lambda's own queue for up to six hours. Deleting the stack deletes the bucket unless ``retain_failures``, after
        a function of the CDK's emptied it if ``empty_failures`` (the emulator cannot run that function).
        ``failure_retention_days`` deletes what nobody replayed, for good. Behind a stream, ``handler`` and
        ``replay_handler`` are those of `stacks.stream`. ``key`` encrypts the bucket, S3's own without it;
        the stack must then allow both functions to use it.
        """
        super().__init__(scope, id)
        self.failure_bucket = s3.Bucket(
            self,
            "Failures",
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=bool(key),
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN if retain_failures else RemovalPolicy.DESTROY,
            auto_delete_objects=empty_failures and not retain_failures,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(failure_retention_days))]
            if failure_retention_days
            else None,
        )
        environment = config.to_env() | {"FAILURE_BUCKET": self.failure_bucket.bucket_name}

        self.log_group = logs.LogGroup(self, "Logs", retention=log_retention)
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="What the shipper may do: write predictions, its own log, and its failures",
        )
        self.log_group.grant_write(self.role)
        if vpc:
            self.role.add_managed_policy(
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaVPCAccessExecutionRole")
            )
        self.function = lambda_.Function(
            self,
            "Function",
            code=code,
            handler=handler,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture,
            memory_size=MEMORY_MIB,
            timeout=TIMEOUT,
            environment=environment,
            role=self.role,
            log_group=self.log_group,
            reserved_concurrent_executions=reserved_concurrency,
            retry_attempts=2,
            max_event_age=Duration.hours(6),
            on_failure=_ObjectsIn(self.failure_bucket),
            vpc=vpc,
            security_groups=security_groups,
            description="Ships predictions from log groups to OpenSearch",
        )

        self.replay_log_group = logs.LogGroup(self, "ReplayLogs", retention=log_retention)
        self.replay_function = lambda_.Function(
            self,
            "Replay",
            code=code,
            handler=replay_handler,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture,
            memory_size=MEMORY_MIB,
            timeout=REPLAY_TIMEOUT,
            environment=environment,
            log_group=self.replay_log_group,
            retry_attempts=0,
            vpc=vpc,
            security_groups=security_groups,
            description="Delivers again what the shipper could not",
        )
        self.schedule = events.Rule(
            self,
            "ReplaySchedule",
            schedule=events.Schedule.rate(REPLAY_EVERY),
            targets=[targets.LambdaFunction(self.replay_function, retry_attempts=0)],
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
