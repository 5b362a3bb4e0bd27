"""The subscription filters that hand predictions to the shipper."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from constructs import Construct

from contracts.errors import UserError
from lambda_shipper.reading.decoding import SYSTEM_FIELDS
from stacks.constructs.stream import LogStream

PATTERN = "prediction"


@dataclass(frozen=True)
class FilterOptions:
    """What a filter does beside matching its pattern."""

    names_sources: bool = False
    """Whether it puts `extractedFields` with the source's account and region beside each event."""
    on_transformed: bool = False
    """Whether it matches and delivers what the group's transformer made of a line."""

    def apply_to(self, subscription: logs.SubscriptionFilter) -> None:
        """Set the options on a filter; the CDK's own construct has no names for them."""
        made = subscription.node.default_child
        assert isinstance(made, logs.CfnSubscriptionFilter)
        if self.names_sources:
            made.emit_system_fields = list(SYSTEM_FIELDS)
        if self.on_transformed:
            made.apply_on_transformed_logs = True


class OwnLogGroupError(UserError, ValueError):
    """A log group was to be attached that a function of the same stack writes."""

    def __init__(self, group: str) -> None:
        super().__init__(
            f"The log group {group} is written by a function of this stack: attached, it would feed itself for ever. "
            "Attach log groups of your own functions only."
        )


class Subscriptions(Construct):
    """Filters with the case-sensitive pattern `prediction`, which invoke `function` or put into the `stream`.

    A log group takes two filters at most.

    Raises:
        OwnLogGroupError: one of `log_groups` is written by a function of the same stack, so that it would feed itself.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_groups: Sequence[logs.ILogGroup],
        function: lambda_.IFunction,
        stream: LogStream | None,
        options: FilterOptions | None = None,
        written: Sequence[logs.ILogGroup] = (),
    ) -> None:
        """Make one filter for each of `log_groups`; `written` are those that the stack's own functions write."""
        super().__init__(scope, construct_id)
        self._function, self._stream = function, stream
        options = options or FilterOptions()
        for group in log_groups:
            self._refuse_own(group, written)
        if stream:
            for number, group in enumerate(log_groups):
                options.apply_to(stream.filter_on(self, f"Filter{number}", group, PATTERN))
            return
        # One permission for the account's groups instead of one a filter: a function's policy ends at 20 KB.
        self.permission = lambda_.CfnPermission(
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
            subscription.node.add_dependency(self.permission)
            options.apply_to(subscription)

    def collect_account(self, name: str, left_out: Sequence[str]) -> None:
        """Make one filter for every log group of the account and region, new ones too, but for those `left_out`.

        An account has one such policy in a region: where another tool has made it, CloudFormation fails with a limit.
        `left_out` must hold every group that the stack's own functions write.
        """
        destination = self._stream.stream.stream_arn if self._stream else self._function.function_arn
        document = {"DestinationArn": destination, "FilterPattern": PATTERN}
        if self._stream:
            document |= {"RoleArn": self._stream.writer.role_arn, "Distribution": "ByLogStream"}
        listed = Fn.join('","', list(left_out))
        policy = logs.CfnAccountPolicy(
            self,
            "Account",
            policy_name=name,
            policy_type="SUBSCRIPTION_FILTER_POLICY",
            scope="ALL",
            policy_document=Stack.of(self).to_json_string(document),
            selection_criteria=Fn.join("", ['LogGroupName NOT IN ["', listed, '"]']),
        )
        if self._stream:
            policy.node.add_dependency(self._stream.writer, self._stream.mapping)
        else:
            policy.node.add_dependency(self.permission)

    def _refuse_own(self, group: logs.ILogGroup, written: Sequence[logs.ILogGroup]) -> None:
        stack = Stack.of(self)
        if stack.resolve(group.log_group_name) in [stack.resolve(each.log_group_name) for each in written]:
            raise OwnLogGroupError(json.dumps(stack.resolve(group.log_group_name)))
