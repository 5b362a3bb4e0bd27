"""What a function that reports on a schedule may do outside of the domain, and the alarm on its failing."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct


def grant_reporting(scope: Construct, function: lambda_.IFunction, *, namespace: str) -> None:
    """Let `function` write metrics of this project's namespace, and put events on the default bus."""
    # PutMetricData takes no resource; the condition holds it to this project's namespace.
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
        )
    )
    bus = events.EventBus.from_event_bus_name(scope, "Bus", "default")
    function.add_to_role_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn]))


def severity_alarm(
    scope: Construct, name: str, *, namespace: str, metric: str, threshold: int, every: Duration, says: str
) -> cloudwatch.Alarm:
    """Return an alarm on a severity that is written at every run. Where nothing was judged, it stays as it is."""
    severity = cloudwatch.Metric(
        namespace=namespace,
        metric_name=metric,
        statistic=cloudwatch.Stats.MAXIMUM,
        period=Duration.minutes(max(every.to_minutes(), 1)),
    )
    return severity.create_alarm(
        scope,
        name,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        alarm_description=says,
    )


def link_alarm(alarm: cloudwatch.Alarm, dashboard_url: str) -> None:
    """Let the description of the alarm end with this address."""
    made = alarm.node.default_child
    assert isinstance(made, cloudwatch.CfnAlarm)
    made.alarm_description = f"{made.alarm_description} {dashboard_url}"


def failure_alarm(scope: Construct, function: lambda_.IFunction, *, says: str) -> cloudwatch.Alarm:
    """Return an alarm on an error of the function."""
    return function.metric_errors(period=Duration.hours(1)).create_alarm(
        scope,
        "Failed",
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=says,
    )
