"""The function that attaches log groups by rule."""

from collections.abc import Sequence

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lambda_shipper.subscribing.config import Config
from stacks.constructs.functions import FunctionFactory

EVERY = Duration.minutes(5)
TIMEOUT = Duration.minutes(14)
"""A deployment with new rules asks about each log group of the account; CloudWatch Logs answers a few a second."""


class Subscriber(Construct):
    """Puts `config`'s filter on the log groups that its patterns mean: every five minutes, and at each deployment.

    It may put filters on those groups only, and remove filters from all, since what the rules meant before is not known
    any more. It removes no filter but its own. When the stack is deleted, it removes all of them.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, code: lambda_.Code, functions: FunctionFactory
    ) -> None:
        super().__init__(scope, construct_id)
        environment = config.to_env()
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="lambda_shipper.subscribing.handler.handler",
            memory_size=256,
            timeout=TIMEOUT,
            environment=environment,
            retry_attempts=0,
            description="Attaches the log groups that the rules mean",
        )
        self._allow(["logs:PutSubscriptionFilter"], [self._arn(pattern) for pattern in config.patterns])
        # To list is not possible for single groups, and a former rule's groups are not known.
        reads = ["logs:DescribeLogGroups", "logs:DescribeSubscriptionFilters"]
        self._allow([*reads, "logs:DeleteSubscriptionFilter"], [self._arn("*")])
        if config.role_arn:
            self._allow(["iam:PassRole"], [config.role_arn])
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(EVERY),
            targets=[targets.LambdaFunction(self.function, retry_attempts=0)],
        )
        self.resource = CustomResource(
            self,
            "Rules",
            service_token=self.function.function_arn,
            resource_type="Custom::LogGroupRules",
            properties=environment,
        )
        # It needs its permissions at its deletion, too.
        self.resource.node.add_dependency(self.function.role)

    def _arn(self, pattern: str) -> str:
        stack = Stack.of(self)
        return f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{pattern}:*".replace("*:*", "*")

    def _allow(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        self.function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))
