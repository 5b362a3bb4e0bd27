"""What all functions have in common: what runs them, in which network, and for how long their logs are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.bundling import RUNTIME


@dataclass(frozen=True, kw_only=True)
class FunctionFactory:
    """Makes functions that run alike. In a `vpc` they reach what `security_groups` allow; else the internet."""

    architecture: lambda_.Architecture
    log_retention: logs.RetentionDays
    vpc: ec2.IVpc | None = None
    security_groups: Sequence[ec2.ISecurityGroup] | None = None

    def make(self, scope: Construct, name: str, *, log_id: str = "Logs", **options: Any) -> lambda_.Function:
        """Return a function with a log group of its own; `options` are further arguments of `lambda_.Function`."""
        return lambda_.Function(
            scope,
            name,
            runtime=RUNTIME,
            architecture=self.architecture,
            log_group=logs.LogGroup(scope, log_id, retention=self.log_retention),
            vpc=self.vpc,
            security_groups=self.security_groups,
            **options,
        )


def keep_logs(scope: Construct, *, retain: bool) -> None:
    """Keep every log group in `scope` when the stack is updated or deleted, if `retain`; else delete them with it.

    Never when a creation fails: what a first deployment leaves behind is billed, and may block the next one.
    """
    policy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY
    for each in scope.node.find_all():
        if isinstance(each, logs.LogGroup):
            each.apply_removal_policy(policy)
