"""The drift function on its schedule, and its alarms."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from drift_lambda.config import Config
from stacks.constructs.bundling import Platform, python_code
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.reporting import failure_alarm, grant_reporting, link_alarm, severity_alarm

TEMPLATES = Path(__file__).parents[2] / "drift_lambda"
SEARCH_ACCESS: tuple[tuple[str, str], ...] = (
    ("es:ESHttpPost", "/cwl-*/_search"),
    ("es:ESHttpPost", "/raw-*/_search"),
    ("es:ESHttpPost", "/cwl-*/_field_caps"),
    ("es:ESHttpPost", "/prediction-reference/_refresh"),
    ("es:ESHttpPost", "/prediction-reference/_search"),
    ("es:ESHttpPut", "/prediction-reference/_create/*"),
    ("es:ESHttpGet", "/prediction-reference/_doc/*"),
    ("es:ESHttpPost", "/drift-*/_search"),
    ("es:ESHttpPost", "/_bulk"),
)
"""What the function does at the domain, as (action, path); the stack grants it. A bulk request names its indices in
its body, which IAM does not read."""


def drift_code(platform: Platform) -> lambda_.Code:
    """Return the function's asset."""
    return python_code(["function_environment", "drift_lambda"], platform, "drift_lambda/requirements.txt")


class Drift(Construct):
    """Compares the predictions with their reference on a schedule, and reports to OpenSearch, CloudWatch, EventBridge.

    `function` may write its log, metrics and events. The stack grants `SEARCH_ACCESS` at the domain. The alarms have
    no actions: hang a topic on `drift_alarm` and `failure_alarm`, or a rule on the event (docs/drift.md).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        code: lambda_.Code,
        every: Duration,
        functions: FunctionFactory,
    ) -> None:
        """If ``every`` is shorter than the window, the windows overlap.

        In a VPC the function also needs a way to CloudWatch and EventBridge: a NAT, or their two endpoints.
        """
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="drift_lambda.handler.handler",
            memory_size=256,
            timeout=Duration.minutes(5),
            environment=config.to_env(),
            retry_attempts=2,
            description="Says when the predictions are no longer what they were",
        )
        grant_reporting(self, self.function, namespace=config.namespace)
        self.schedule = events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(every),
            targets=[targets.LambdaFunction(self.function, retry_attempts=2)],
        )
        self.drift_alarm = severity_alarm(
            self,
            "Drifted",
            namespace=config.namespace,
            metric="DriftSeverity",
            threshold=2,
            every=every,
            says="Some model's predictions drifted: see the dashboard Drift.",
        )
        self.failure_alarm = failure_alarm(
            self, self.function, says="The predictions could not be compared with their reference."
        )

    def link_to(self, dashboard_url: str) -> None:
        """Put the short link of the drift dashboard into the events and the alarm. It opens after signing in, too."""
        self.function.add_environment("DASHBOARD_URL", dashboard_url)
        link_alarm(self.drift_alarm, dashboard_url)
