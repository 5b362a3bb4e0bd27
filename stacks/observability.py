"""The CloudWatch dashboard of the pipeline itself: is everything that was logged also searchable?"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.metrics import domain_metric, lambda_metric, shipper_metric


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
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name)
        if alarms:
            self.dashboard.add_widgets(
                cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=4)
            )
        fates = ("indexed", "kept_raw", "ignored", "failed", "rejected")
        self.dashboard.add_widgets(
            graph("What became of the log events", *(shipper_metric(shipper, fate) for fate in fates), stacked=True),
            graph(
                "From logged to searchable, ms",
                *(shipper_metric(shipper, "lag_ms", statistic=statistic) for statistic in ("p50", "p99", "Maximum")),
                by_statistic=True,
            ),
            graph("Bulk requests", shipper_metric(shipper, "retries"), shipper_metric(shipper, "sent_bytes")),
        )
        self.dashboard.add_widgets(
            graph("Shipper", *(lambda_metric(shipper, name) for name in ("Invocations", "Errors", "Throttles"))),
            graph(
                "Shipper's time, ms",
                *(lambda_metric(shipper, "Duration", statistic=statistic) for statistic in ("p50", "p99", "Maximum")),
                by_statistic=True,
            ),
            graph("Concurrency", lambda_metric(shipper, "ConcurrentExecutions", statistic="Maximum")),
        )
        objects = cloudwatch.Metric(
            namespace="AWS/S3",
            metric_name="NumberOfObjects",
            dimensions_map={"BucketName": failure_bucket.bucket_name, "StorageType": "AllStorageTypes"},
            statistic="Average",
            period=Duration.days(1),
            label="objects, counted once a day",
        )
        fates_of_objects = ("replay_delivered", "replay_left", "replay_set_aside", "replay_unreachable")
        self.dashboard.add_widgets(
            graph("Replay", *(shipper_metric(replay, fate) for fate in fates_of_objects)),
            graph("Failure bucket", objects),
            graph(
                "Given up on",
                lambda_metric(shipper, "AsyncEventsDropped"),
                lambda_metric(shipper, "DestinationDeliveryFailures"),
            ),
        )
        self.dashboard.add_widgets(
            graph(
                "Nodes, %",
                domain_metric(domain_name, "CPUUtilization", statistic="Maximum"),
                domain_metric(domain_name, "JVMMemoryPressure", statistic="Maximum"),
            ),
            graph(
                "Free storage of the fullest node, MiB",
                domain_metric(domain_name, "FreeStorageSpace", statistic="Minimum"),
            ),
            graph(
                "Documents, and requests refused",
                domain_metric(domain_name, "SearchableDocuments"),
                domain_metric(domain_name, "4xx", statistic="Sum"),
                domain_metric(domain_name, "5xx", statistic="Sum"),
            ),
        )


def graph(
    title: str, *metrics: cloudwatch.Metric, stacked: bool = False, by_statistic: bool = False
) -> cloudwatch.GraphWidget:
    """A third of the dashboard's width; `by_statistic` labels the lines by that instead of by name."""
    left = [each.with_(label=each.statistic if by_statistic else each.label or each.metric_name) for each in metrics]
    return cloudwatch.GraphWidget(title=title, left=left, stacked=stacked, width=8, height=6)
