"""A function that judges the predictions on a schedule and reports, and its alarms."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from monitors.reporting.config import ReportingConfig
from stacks.constructs.bundling import Platform, python_code
from stacks.constructs.functions import FunctionFactory


@dataclass(frozen=True)
class Report:
    """What a function reports on, and what it needs for that."""

    package: str
    """The function's folder, with its handler and its requirements."""
    shared: tuple[str, ...]
    """Further packages that its bundle holds."""
    memory_mib: int
    timeout_minutes: int
    description: str
    access: tuple[tuple[str, str], ...]
    """What it does at the domain, as (action, path); the stack grants it. A bulk request names its indices in its body,
    which IAM does not read."""
    alarm: str
    """Name of the alarm on the severity that every run writes."""
    metric: str
    threshold: int
    says: str
    """What the alarm says."""
    failure_says: str
    """What the alarm on a failing run says."""

    def code(self, platform: Platform) -> lambda_.Code:
        """Return the function's asset."""
        return python_code([self.package, *self.shared], platform, f"{self.package}/requirements.txt")


class ScheduledReport(Construct):
    """A function that runs on a schedule, and reports to OpenSearch, CloudWatch and EventBridge.

    `function` may write its log, metrics and events. The stack grants `Report.access` at the domain. The alarms have no
    actions: hang a topic on `severity_alarm` and `failure_alarm`, or a rule on the event.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        report: Report,
        config: ReportingConfig,
        code: lambda_.Code,
        every: Duration,
        functions: FunctionFactory,
    ) -> None:
        """In a VPC the function also needs a way to CloudWatch and EventBridge: a NAT, or their two endpoints."""
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler=f"{report.package.replace('/', '.')}.handler.handler",
            memory_size=report.memory_mib,
            timeout=Duration.minutes(report.timeout_minutes),
            environment=config.to_env(),
            retry_attempts=2,
            description=report.description,
        )
        grant_reporting(self, self.function, namespace=config.namespace)
        self.schedule = events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(every),
            targets=[targets.LambdaFunction(self.function, retry_attempts=2)],
        )
        self.severity_alarm = severity_alarm(self, report, namespace=config.namespace, every=every)
        self.failure_alarm = failure_alarm(self, self.function, says=report.failure_says)

    def link_to(self, dashboard_url: str) -> None:
        """Put the short link of the dashboard into the events and the alarm. It opens after signing in, too."""
        self.function.add_environment("DASHBOARD_URL", dashboard_url)
        made = self.severity_alarm.node.default_child
        assert isinstance(made, cloudwatch.CfnAlarm)
        made.alarm_description = f"{made.alarm_description} {dashboard_url}"


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


def severity_alarm(scope: Construct, report: Report, *, namespace: str, every: Duration) -> cloudwatch.Alarm:
    """Return an alarm on a severity that is written at every run. Where nothing was judged, it stays as it is."""
    severity = cloudwatch.Metric(
        namespace=namespace,
        metric_name=report.metric,
        statistic=cloudwatch.Stats.MAXIMUM,
        period=Duration.minutes(max(every.to_minutes(), 1)),
    )
    return severity.create_alarm(
        scope,
        report.alarm,
        threshold=report.threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        alarm_description=report.says,
    )


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
