"""What all functions have in common: what runs them, where, and for how long their logs are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.bundling import RUNTIME


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where functions run. In a `vpc`, with `security_groups`, they reach what those let them; else the internet."""

    architecture: lambda_.Architecture
    log_retention: logs.RetentionDays
    vpc: ec2.IVpc | None = None
    security_groups: Sequence[ec2.ISecurityGroup] | None = None

    def function(self, scope: Construct, name: str, *, log_id: str = "Logs", **choices: Any) -> lambda_.Function:
        """A function here, with a log group of its own; `choices` are the rest of what `lambda_.Function` takes."""
        return lambda_.Function(
            scope,
            name,
            runtime=RUNTIME,
            architecture=self.architecture,
            log_group=logs.LogGroup(scope, log_id, retention=self.log_retention),
            vpc=self.vpc,
            security_groups=self.security_groups,
            **choices,
        )
