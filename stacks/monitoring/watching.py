"""Which alarms a stack gets, and its pipeline's dashboard."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.constructs.drift import Drift
from stacks.constructs.shipper import Shipper
from stacks.constructs.stream import LogStream
from stacks.monitoring.alarms import Alarms
from stacks.monitoring.alerts import delivery_alerts, domain_alerts, stream_alerts
from stacks.monitoring.pipeline_dashboard import PipelineDashboard
from stacks.settings import Settings

PAGE = "docs/operations.md"


def watch(
    scope: Construct, *, settings: Settings, shipper: Shipper, drift: Drift | None, stream: LogStream | None
) -> None:
    """Make the alarms on what there is, and the dashboard that shows them."""
    s = settings
    alarms = Alarms(
        scope,
        "Alarms",
        email=s.alarm_email,
        operations_url=f"https://github.com/{s.github_repository}/blob/main/{PAGE}" if s.github_repository else PAGE,
    )
    alerts = [
        *delivery_alerts(
            shipper.function,
            shipper.replay_function,
            silence_hours=s.alarm_silence_hours,
            lag_seconds=s.alarm_lag_seconds,
            kept_raw_percent=s.alarm_kept_raw_percent,
        ),
        *domain_alerts(s.domain_name, volume_gib=s.volume_gib),
    ]
    if stream:
        alerts += stream_alerts(stream.mapping, shipper.function, lag_seconds=s.alarm_lag_seconds)
    # The emulator has no metric math.
    alarms.add([each for each in alerts if s.profile != "local" or isinstance(each.metric, cloudwatch.Metric)])
    if drift:
        alarms.watch({"drift": drift.drift_alarm, "drift-failed": drift.failure_alarm})
    PipelineDashboard(
        scope,
        "Pipeline",
        name=f"{s.domain_name}-pipeline",
        alarms=alarms.alarms,
        shipper=shipper.function,
        replay=shipper.replay_function,
        failure_bucket=shipper.failure_bucket,
        domain_name=s.domain_name,
    )
