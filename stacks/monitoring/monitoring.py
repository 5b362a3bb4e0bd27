"""All alarms of a stack, and the dashboard of its pipeline."""

from collections.abc import Mapping
from dataclasses import replace

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.monitoring.alarms import Alarms
from stacks.monitoring.alerts import Alert, delivery_alerts, domain_alerts, stream_alerts
from stacks.monitoring.pipeline_dashboard import PipelineDashboard

PAGE = "docs/operations.md"
"""Each alarm links to a section of it."""


def monitor(
    scope: Construct,
    *,
    title: str,
    domain_name: str,
    volume_gib: int,
    shipper: lambda_.IFunction,
    replay: lambda_.IFunction,
    failure_bucket: s3.IBucket,
    stream_mapping: lambda_.IEventSourceMapping | None,
    own_lines: cloudwatch.Metric,
    more_alarms: Mapping[str, cloudwatch.Alarm],
    email: str,
    repository: str,
    silence_hours: int,
    metric_math: bool,
) -> None:
    """Make the alarms and the dashboard that shows them.

    `more_alarms` maps a section of docs/operations.md to an alarm that exists already. `repository` (owner/name, or
    empty) is where the alarms' links lead. Without `metric_math`, alarms on sums and ratios are left out.
    """
    page = f"https://github.com/{repository}/blob/main/{PAGE}" if repository else PAGE
    alarms = Alarms(scope, "Alarms", title=title, email=email, operations_url=page)
    alerts: list[Alert] = [
        *delivery_alerts(shipper, replay, own_lines, silence_hours=silence_hours),
        *domain_alerts(domain_name, volume_gib=volume_gib),
    ]
    if stream_mapping:
        alerts += stream_alerts(stream_mapping, shipper)
    if not metric_math:
        # The emulator has no composite alarms either, so its alarm on silence does not wait for the first prediction.
        alerts = [replace(each, only_after=None) for each in alerts if isinstance(each.metric, cloudwatch.Metric)]
    alarms.add(alerts)
    alarms.watch(more_alarms)
    PipelineDashboard(
        scope,
        "Pipeline",
        name=f"{domain_name}-pipeline",
        alarms=alarms.alarms,
        shipper=shipper,
        replay=replay,
        failure_bucket=failure_bucket,
        domain_name=domain_name,
    )
