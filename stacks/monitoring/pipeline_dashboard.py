"""The CloudWatch dashboard of the pipeline. It shows whether everything that was logged is also searchable."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.monitoring.metrics import domain_metric, lambda_metric, shipper_metric

SPREAD = ("p50", "p99", "Maximum")


class PipelineDashboard(Construct):
    """From top to bottom as the data flows: alarms, delivery, functions, failure bucket, domain."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        alarms: Sequence[cloudwatch.IAlarm],
        shipper: lambda_.IFunction,
        replay: lambda_.IFunction,
        failure_bucket: s3.IBucket,
        domain_name: str,
    ) -> None:
        """`name` is what a person finds it by in CloudWatch."""
        super().__init__(scope, construct_id)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name)
        if alarms:
            dashboard.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=4))
        dashboard.add_widgets(*_delivery(shipper))
        dashboard.add_widgets(*_function(shipper))
        dashboard.add_widgets(*_failures(shipper, replay, failure_bucket))
        dashboard.add_widgets(*_domain(domain_name))


def _delivery(shipper: lambda_.IFunction) -> list[cloudwatch.IWidget]:
    fates = ("indexed", "kept_raw", "ignored", "failed", "rejected")
    lag = [shipper_metric(shipper, "lag_ms", statistic=statistic) for statistic in SPREAD]
    return [
        _graph("What became of the log events", *(shipper_metric(shipper, fate) for fate in fates), stacked=True),
        _graph("From logged to searchable, ms", *lag, by_statistic=True),
        _graph("Bulk requests", shipper_metric(shipper, "retries"), shipper_metric(shipper, "sent_bytes")),
    ]


def _function(shipper: lambda_.IFunction) -> list[cloudwatch.IWidget]:
    duration = [lambda_metric(shipper, "Duration", statistic=statistic) for statistic in SPREAD]
    return [
        _graph("Shipper", *(lambda_metric(shipper, name) for name in ("Invocations", "Errors", "Throttles"))),
        _graph("Shipper's time, ms", *duration, by_statistic=True),
        _graph("Concurrency", lambda_metric(shipper, "ConcurrentExecutions", statistic="Maximum")),
    ]


def _failures(
    shipper: lambda_.IFunction, replay: lambda_.IFunction, failure_bucket: s3.IBucket
) -> list[cloudwatch.IWidget]:
    fates = ("replay_delivered", "replay_left", "replay_set_aside", "replay_unreachable")
    objects = cloudwatch.Metric(
        namespace="AWS/S3",
        metric_name="NumberOfObjects",
        dimensions_map={"BucketName": failure_bucket.bucket_name, "StorageType": "AllStorageTypes"},
        statistic="Average",
        period=Duration.days(1),
        label="objects, counted once a day",
    )
    lost = ("AsyncEventsDropped", "DestinationDeliveryFailures")
    return [
        _graph("Replay", *(shipper_metric(replay, fate) for fate in fates)),
        _graph("Failure bucket", objects),
        _graph("Given up on", *(lambda_metric(shipper, name) for name in lost)),
    ]


def _domain(name: str) -> list[cloudwatch.IWidget]:
    load = [domain_metric(name, each, statistic="Maximum") for each in ("CPUUtilization", "JVMMemoryPressure")]
    refused = [domain_metric(name, each, statistic="Sum") for each in ("4xx", "5xx")]
    free = domain_metric(name, "FreeStorageSpace", statistic="Minimum")
    return [
        _graph("Nodes, %", *load),
        _graph("Free storage of the fullest node, MiB", free),
        _graph("Documents, and requests refused", domain_metric(name, "SearchableDocuments"), *refused),
        _graph("Shards; past days are folded", domain_metric(name, "Shards.active", statistic="Maximum")),
    ]


def _graph(
    title: str, *metrics: cloudwatch.Metric, stacked: bool = False, by_statistic: bool = False
) -> cloudwatch.GraphWidget:
    """Return a third of the dashboard's width; `by_statistic` labels the lines by that instead of by name."""
    left = [each.with_(label=each.statistic if by_statistic else each.label or each.metric_name) for each in metrics]
    return cloudwatch.GraphWidget(title=title, left=left, stacked=stacked, width=8, height=6)
