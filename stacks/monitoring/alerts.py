"""Everything that can go wrong: the metric that shows it, and what to do first."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from stacks.monitoring.metrics import FIVE_MINUTES, domain_metric, lambda_metric, mapping_metric, shipper_metric

BREACHING, FINE = cloudwatch.TreatMissingData.BREACHING, cloudwatch.TreatMissingData.NOT_BREACHING
AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
AT_MOST = cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
MINUTE, TEN_MINUTES = Duration.minutes(1), Duration.minutes(10)
LAG_SECONDS = 300
"""Less is a burst of traffic, and more is a fault."""
KEPT_RAW_PERCENT = 5
"""A function with more unreadable lines than this needs to be mended, or must not be attached."""
HOUR, DAY = Duration.hours(1), Duration.days(1)


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
    missing: cloudwatch.TreatMissingData = FINE
    only_after: cloudwatch.IMetric | None = None
    """A metric that must have had a value once before this alarm may fire."""


# Long: a list, with a sentence for the person it wakes in each entry.
def delivery_alerts(
    shipper: lambda_.IFunction,
    replay: lambda_.IFunction,
    own_lines: cloudwatch.IMetric,
    *,
    silence_hours: int,
) -> list[Alert]:
    """Return the alerts between log group and index. A `silence_hours` of 0 leaves out the alert on silence."""
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
            threshold=LAG_SECONDS * 1000,
            comparison=ABOVE,
            periods=3,
        ),
        Alert(
            section="kept-raw",
            says="Many lines cannot be indexed as they are. Group them by shipper.kept_raw.reason.",
            metric=raw_share,
            threshold=KEPT_RAW_PERCENT,
            comparison=ABOVE,
            periods=2,
        ),
        Alert(
            section="own-lines",
            says="Log groups of this project are attached to it; their lines are dropped. Remove their filters.",
            metric=own_lines,
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
                # A stack that has never had traffic is new, not silent.
                only_after=shipper_metric(shipper, "indexed", period=HOUR),
            )
        )
    return alerts


def stream_alerts(mapping: lambda_.IEventSourceMapping, shipper: lambda_.IFunction) -> list[Alert]:
    """Return the alerts of the Kinesis stream."""
    return [
        Alert(
            section="stream-behind",
            says="The shipper falls behind the stream. See whether it fails, or the domain is busy.",
            metric=lambda_metric(shipper, "IteratorAge", statistic="Maximum", period=FIVE_MINUTES),
            threshold=LAG_SECONDS * 1000,
            comparison=ABOVE,
            periods=3,
        ),
        Alert(
            section="stream-discarded",
            says="The shipper gave up on records of the stream. They are in the failure bucket and will be replayed.",
            metric=mapping_metric(mapping, "OnFailureDestinationDeliveredEventCount"),
        ),
        Alert(
            section="stream-lost",
            says="Records of the stream were lost: not even the failure bucket has them. Backfill from the logs.",
            metric=mapping_metric(mapping, "DroppedEventCount"),
        ),
    ]


def domain_alerts(domain_name: str, *, volume_gib: int) -> list[Alert]:
    """Return the alerts that Amazon recommends for a domain, and those on blocked writes.

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
