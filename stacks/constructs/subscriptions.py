"""The subscription filters that hand predictions to the shipper."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from constructs import Construct

from stacks.constructs.stream import LogStream

PATTERN = "prediction"


class Subscriptions(Construct):
    """One filter for each log group, with the case-sensitive pattern `prediction`, invoking `function`.

    With a `stream` the filters put into that instead. A log group takes two filters at most. Never pass the function's
    own log group: it would feed itself for ever.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_groups: Sequence[logs.ILogGroup],
        function: lambda_.IFunction,
        stream: LogStream | None,
    ) -> None:
        super().__init__(scope, construct_id)
        if stream:
            for number, group in enumerate(log_groups):
                stream.filter_on(self, f"Filter{number}", group, PATTERN)
            return
        # One permission for the account's groups instead of one a filter: a function's policy ends at 20 KB.
        permission = lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal=iam.ServicePrincipal("logs.amazonaws.com").service,
            source_account=Aws.ACCOUNT_ID,
        )
        for number, group in enumerate(log_groups):
            subscription = logs.SubscriptionFilter(
                self,
                f"Filter{number}",
                log_group=group,
                destination=destinations.LambdaDestination(function, add_permissions=False),
                filter_pattern=logs.FilterPattern.literal(PATTERN),
            )
            subscription.node.add_dependency(permission)
