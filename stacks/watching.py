"""Which alarms a stack gets, and its pipeline's dashboard."""

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.alarms import Alarms
from stacks.alerts import delivery_alerts, domain_alerts, stream_alerts
from stacks.observability import PipelineDashboard

if TYPE_CHECKING:
    from stacks.prediction_monitoring import PredictionMonitoring

PAGE = "docs/operations.md"


def watch(stack: "PredictionMonitoring") -> Alarms:
    """Make the alarms on what the stack has, and the dashboard that shows them."""
    s = stack.settings
    function, replay = stack.shipper.function, stack.shipper.replay_function
    made = Alarms(
        stack,
        "Alarms",
        email=s.alarm_email,
        operations_url=f"https://github.com/{s.github_repository}/blob/main/{PAGE}" if s.github_repository else PAGE,
    )
    alerts = [
        *delivery_alerts(
            function,
            replay,
            silence_hours=s.alarm_silence_hours,
            lag_seconds=s.alarm_lag_seconds,
            kept_raw_percent=s.alarm_kept_raw_percent,
        ),
        *domain_alerts(s.domain_name, volume_gib=s.volume_gib),
    ]
    if stack.stream:
        alerts += stream_alerts(stack.stream.mapping, function, lag_seconds=s.alarm_lag_seconds)
    # The emulator has no metric math.
    made.add([each for each in alerts if s.profile != "local" or isinstance(each.metric, cloudwatch.Metric)])
    if stack.drift:
        made.watch({"drift": stack.drift.drift_alarm, "drift-failed": stack.drift.failure_alarm})
    PipelineDashboard(
        stack,
        "Pipeline",
        name=f"{s.domain_name}-pipeline",
        alarms=made.alarms,
        shipper=function,
        replay=replay,
        failure_bucket=stack.shipper.failure_bucket,
        domain_name=s.domain_name,
    )
    return made
