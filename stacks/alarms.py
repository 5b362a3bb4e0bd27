"""What wakes a person: alarms on the pipeline and the domain, each saying what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.metrics import domain_metric, lambda_metric, shipper_metric

BREACHING, FINE = cloudwatch.TreatMissingData.BREACHING, cloudwatch.TreatMissingData.NOT_BREACHING
AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
AT_MOST = cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
MINUTE, FIVE_MINUTES, TEN_MINUTES, HOUR, DAY = (
    Duration.minutes(1),
    Duration.minutes(5),
    Duration.minutes(10),
    Duration.hours(1),
    Duration.days(1),
)


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alarm: fires when `metric` is `comparison` `threshold` in `periods` periods of it in a row."""

    section: str
    """Its section in docs/operations.md."""
    says: str
    """What is wrong, and the first thing to do."""
    metric: cloudwatch.IMetric
    threshold: float = 1
    periods: int = 1
    comparison: cloudwatch.ComparisonOperator = AT_LEAST
    missing: cloudwatch.TreatMissingData = field(default=FINE)


class Alarms(Construct):
    """A topic, and alarms that publish to it when something breaks and when it is whole again.

    `watch` takes further alarms that other constructs made. The address of `email` gets a message to confirm first.
    """

    def __init__(self, scope: Construct, construct_id: str, *, email: str, operations_url: str) -> None:
        """`operations_url` is where docs/operations.md can be read."""
        super().__init__(scope, construct_id)
        self._operations_url = operations_url
        self.topic = sns.Topic(self, "Topic", display_name="Prediction monitoring", enforce_ssl=True)
        # A topic with a policy of its own no longer lets the account's alarms in by default.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        self.alarms: list[cloudwatch.AlarmBase] = []

    def add(self, alerts: Sequence[Alert]) -> None:
        """Make the alarms."""
        for alert in alerts:
            made = cloudwatch.Alarm(
                self,
                "".join(word.title() for word in alert.section.split("-")),
                metric=alert.metric,
                threshold=alert.threshold,
                evaluation_periods=alert.periods,
                comparison_operator=alert.comparison,
                treat_missing_data=alert.missing,
                alarm_description=f"{alert.says} {self._operations_url}#{alert.section}",
            )
            self.watch({alert.section: made})

    def watch(self, alarms: Mapping[str, cloudwatch.Alarm]) -> None:
        """Publish these alarms too; section → alarm. One that does not link to its section yet, will."""
        for section, alarm in alarms.items():
            alarm.add_alarm_action(actions.SnsAction(self.topic))
            alarm.add_ok_action(actions.SnsAction(self.topic))
            self.alarms.append(alarm)
            made = alarm.node.default_child
            assert isinstance(made, cloudwatch.CfnAlarm)
            link = f"{self._operations_url}#{section}"
            if link not in (made.alarm_description or ""):
                made.alarm_description = f"{made.alarm_description}. {link}"


def delivery_alerts(
    shipper: lambda_.IFunction,
    replay: lambda_.IFunction,
    *,
    silence_hours: int,
    lag_seconds: int,
    kept_raw_percent: int,
) -> list[Alert]:
    """What can go wrong between log group and index. `silence_hours` of 0 leaves out that alarm."""
    waiting = cloudwatch.MathExpression(
        expression="FILL(dropped, 0) + FILL(left, 0) + FILL(unreachable, 0)",
        label="batches that wait in the failure bucket",
        period=TEN_MINUTES,
        using_metrics={
            # Lambda counts here what it gives up on, and writes to the failure bucket.
            "dropped": lambda_metric(shipper, "AsyncEventsDropped", period=TEN_MINUTES),
            "left": shipper_metric(replay, "replay_left", period=TEN_MINUTES),
            "unreachable": shipper_metric(replay, "replay_unreachable", period=TEN_MINUTES),
        },
    )
    raw_share = cloudwatch.MathExpression(
        expression="100 * raw / (raw + indexed)",
        label="lines kept raw, %",
        period=FIVE_MINUTES,
        using_metrics={
            "raw": shipper_metric(shipper, "kept_raw", period=FIVE_MINUTES),
            "indexed": shipper_metric(shipper, "indexed", period=FIVE_MINUTES),
        },
    )
    alerts = [
        Alert(
            section="failure-bucket",
            says="Batches of log events wait in the failure bucket. See why the domain refuses them.",
            metric=waiting,
        ),
        Alert(
            section="set-aside",
            says="Replay gave up on an object and put it under set-aside/. Read the problem in its metadata.",
            metric=shipper_metric(replay, "replay_set_aside", period=DAY),
        ),
        Alert(
            section="batches-lost",
            says="Lambda could not write a failed batch into the failure bucket. Backfill from CloudWatch Logs.",
            metric=lambda_metric(shipper, "DestinationDeliveryFailures", period=MINUTE),
        ),
        Alert(
            section="shipper-errors",
            says="The shipper fails again and again. Read its log; Lambda still retries.",
            metric=lambda_metric(shipper, "Errors", period=FIVE_MINUTES),
            periods=2,
        ),
        Alert(
            section="shipper-throttles",
            says="The shipper is throttled. Raise shipper_concurrency, or the account's quota.",
            metric=lambda_metric(shipper, "Throttles", period=FIVE_MINUTES),
            periods=3,
        ),
        Alert(
            section="lag",
            says="Predictions become searchable too late. See whether the domain is busy.",
            metric=shipper_metric(shipper, "lag_ms", statistic="Maximum", period=FIVE_MINUTES),
            threshold=lag_seconds * 1000,
            comparison=ABOVE,
            periods=3,
        ),
        Alert(
            section="kept-raw",
            says="Many lines cannot be indexed as they are. Group them by shipper.kept_raw.reason.",
            metric=raw_share,
            threshold=kept_raw_percent,
            comparison=ABOVE,
            periods=2,
        ),
        Alert(
            section="replay-errors",
            says="The replay itself fails. Read its log.",
            metric=lambda_metric(replay, "Errors", period=TEN_MINUTES),
            periods=2,
        ),
    ]
    if silence_hours:
        alerts.append(
            Alert(
                section="no-predictions",
                says=f"No prediction was indexed for {silence_hours} hours. Call the model, look for its log line.",
                metric=shipper_metric(shipper, "indexed", period=HOUR),
                comparison=BELOW,
                periods=silence_hours,
                missing=BREACHING,
            )
        )
    return alerts


def stream_alerts(mapping: lambda_.IEventSourceMapping, shipper: lambda_.IFunction, *, lag_seconds: int) -> list[Alert]:
    """What can go wrong in the Kinesis stream."""
    return [
        Alert(
            section="stream-behind",
            says="The shipper falls behind the stream. See whether it fails, or the domain is busy.",
            metric=lambda_metric(shipper, "IteratorAge", statistic="Maximum", period=FIVE_MINUTES),
            threshold=lag_seconds * 1000,
            comparison=ABOVE,
            periods=3,
        ),
        Alert(
            section="stream-discarded",
            says="Records of the stream were given up on; they lie in the failure bucket and will be replayed.",
            metric=cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="OnFailureDestinationDeliveredEventCount",
                dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
                statistic="Sum",
                period=FIVE_MINUTES,
            ),
        ),
        Alert(
            section="stream-lost",
            says="Records of the stream were lost: not even the failure bucket has them. Backfill from the logs.",
            metric=cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name="DroppedEventCount",
                dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
                statistic="Sum",
                period=FIVE_MINUTES,
            ),
        ),
    ]


def domain_alerts(domain_name: str, *, volume_gib: int) -> list[Alert]:
    """What Amazon recommends to watch of a domain, and what stops writing to it.

    Source: OpenSearch Service developer guide, "Recommended CloudWatch alarms".
    """
    return [
        Alert(
            section="domain-red",
            says="A primary shard has no node: some days can be neither read nor written.",
            metric=domain_metric(domain_name, "ClusterStatus.red", statistic="Maximum", period=MINUTE),
        ),
        Alert(
            section="domain-yellow",
            says="A replica has no node: another failing node would lose data.",
            metric=domain_metric(domain_name, "ClusterStatus.yellow", statistic="Maximum", period=MINUTE),
            periods=5,
        ),
        Alert(
            section="storage",
            says="A node has less than a quarter of its storage free. Raise volume_gib, or keep fewer days.",
            metric=domain_metric(domain_name, "FreeStorageSpace", statistic="Minimum", period=MINUTE),
            threshold=volume_gib * 1024 // 4,
            comparison=AT_MOST,
            periods=5,
        ),
        Alert(
            section="jvm-pressure",
            says="The nodes run out of heap; they refuse writes at 92 %. Take a larger instance_type.",
            metric=domain_metric(domain_name, "JVMMemoryPressure", statistic="Maximum", period=MINUTE),
            threshold=85,
            periods=15,
        ),
        Alert(
            section="writes-blocked",
            says="The domain refuses all writes; the failure bucket fills. Free storage or heap.",
            metric=domain_metric(domain_name, "ClusterIndexWritesBlocked", statistic="Maximum", period=FIVE_MINUTES),
        ),
    ]
