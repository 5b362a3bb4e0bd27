"""The quality function on its schedule, and its alarms."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from quality_lambda.config import Config
from stacks.constructs.bundling import Platform, python_code
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.reporting import failure_alarm, grant_reporting, link_alarm, severity_alarm

SEARCH_ACCESS: tuple[tuple[str, str], ...] = (
    ("es:ESHttpPost", "/cwl-*/_search"),
    ("es:ESHttpPost", "/prediction-actuals/_refresh"),
    ("es:ESHttpPost", "/prediction-actuals/_search"),
    ("es:ESHttpPost", "/prediction-actuals/_mget"),
    ("es:ESHttpPost", "/prediction-actuals/_delete_by_query"),
    ("es:ESHttpPost", "/prediction-quality-reference/_refresh"),
    ("es:ESHttpPost", "/prediction-quality-reference/_search"),
    ("es:ESHttpPut", "/prediction-quality-reference/_create/*"),
    ("es:ESHttpGet", "/prediction-quality-reference/_doc/*"),
    ("es:ESHttpPost", "/quality-*/_search"),
    ("es:ESHttpPut", "/quality-*/_doc/*"),
    ("es:ESHttpPost", "/_bulk"),
)
"""What the function does at the domain, as (action, path); the stack grants it. A bulk request names its indices in
its body, which IAM does not read."""


def quality_code(platform: Platform) -> lambda_.Code:
    """Return the function's asset."""
    sources = ["actuals", "function_environment", "quality_lambda", "search_client"]
    return python_code(sources, platform, "quality_lambda/requirements.txt")


class Quality(Construct):
    """Joins actuals to their predictions and judges them on a schedule; reports to OpenSearch, CloudWatch, EventBridge.

    `function` may write its log, metrics and events. The stack grants `SEARCH_ACCESS` at the domain. The alarms have
    no actions: hang a topic on `quality_alarm` and `failure_alarm`, or a rule on the event (docs/quality.md).
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
        """In a VPC the function also needs a way to CloudWatch and EventBridge: a NAT, or their two endpoints."""
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="quality_lambda.handler.handler",
            memory_size=512,
            timeout=Duration.minutes(10),
            environment=config.to_env(),
            retry_attempts=2,
            description="Says how often the model was right, once the truth is known",
        )
        grant_reporting(self, self.function, namespace=config.namespace)
        self.schedule = events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(every),
            targets=[targets.LambdaFunction(self.function, retry_attempts=2)],
        )
        self.quality_alarm = severity_alarm(
            self,
            "Worse",
            namespace=config.namespace,
            metric="QualitySeverity",
            threshold=1,
            every=every,
            says="Some model is right less often than in its reference: see the dashboard Quality.",
        )
        self.failure_alarm = failure_alarm(
            self,
            self.function,
            says="Actuals could not be joined to their predictions or judged. Read its log.",
        )

    def link_to(self, dashboard_url: str) -> None:
        """Put the short link of the quality dashboard into the events and the alarm. It opens after signing in, too."""
        self.function.add_environment("DASHBOARD_URL", dashboard_url)
        link_alarm(self.quality_alarm, dashboard_url)
