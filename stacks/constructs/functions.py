"""What all functions have in common: what runs them, in which network, and for how long their logs are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from stacks.constructs.bundling import RUNTIME

INTERFACES = (
    "AssignPrivateIpAddresses",
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
    "UnassignPrivateIpAddresses",
)


@dataclass(frozen=True, kw_only=True)
class FunctionFactory:
    """Makes functions that run alike. In a `vpc` they reach what `security_groups` allow; else the internet."""

    architecture: lambda_.Architecture
    log_retention: logs.RetentionDays
    vpc: ec2.IVpc | None = None
    security_groups: Sequence[ec2.ISecurityGroup] | None = None

    def make(self, scope: Construct, name: str, *, log_id: str = "Logs", **options: Any) -> lambda_.Function:
        """Return a function with a log group of its own, the only one that it may write to.

        `options` are further arguments of `lambda_.Function`.
        """
        function = lambda_.Function(
            scope,
            name,
            runtime=RUNTIME,
            architecture=self.architecture,
            log_group=logs.LogGroup(scope, log_id, retention=self.log_retention),
            vpc=self.vpc,
            security_groups=self.security_groups,
            **options,
        )
        assert function.role
        keep_to_own_log(function.role, function.log_group)
        if self.vpc:
            allow_network_interfaces(function.role)
        return function


def keep_to_own_log(role: iam.IRole, log_group: logs.ILogGroup) -> None:
    """Let `role` write to `log_group`, instead of every log group of the account as AWS's own policies do."""
    made = role.node.default_child
    assert isinstance(made, iam.CfnRole)
    made.managed_policy_arns = None
    log_group.grant_write(role)


def allow_network_interfaces(role: iam.IRole) -> None:
    """Let a function make, see and delete its network interfaces in a VPC, and nothing else there.

    Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
    """
    # Lambda checks these actions on every resource before it makes the function, and two of them take none.
    role.add_to_principal_policy(iam.PolicyStatement(actions=[f"ec2:{each}" for each in INTERFACES], resources=["*"]))


def provider(scope: Construct, function: lambda_.IFunction, log_retention: logs.RetentionDays) -> cr.Provider:
    """Return what lets CloudFormation call `function`: a function of the CDK's, which writes to its own log only."""
    group = logs.LogGroup(scope, "ProviderLogs", retention=log_retention)
    made = cr.Provider(scope, "Provider", on_event_handler=function, log_group=group)
    framework = made.node.find_child("framework-onEvent")
    assert isinstance(framework, lambda_.Function) and framework.role
    keep_to_own_log(framework.role, group)
    return made


def keep_emptying_to_own_log(scope: Construct, log_retention: logs.RetentionDays) -> None:
    """Give the CDK's function that empties buckets a log group of its own, and the right to write to that one only."""
    emptying = Stack.of(scope).node.find_child("Custom::S3AutoDeleteObjectsCustomResourceProvider")
    role, handler = emptying.node.find_child("Role"), emptying.node.find_child("Handler")
    assert isinstance(role, CfnResource) and isinstance(handler, CfnResource)
    group = logs.LogGroup(scope, "EmptyingLogs", retention=log_retention)
    writing = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.log_group_arn]
    )
    document = iam.PolicyDocument(statements=[writing])
    role.add_property_override("Policies", [{"PolicyName": "Log", "PolicyDocument": document}])
    role.add_property_deletion_override("ManagedPolicyArns")
    handler.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})


def keep_logs(scope: Construct, *, retain: bool) -> None:
    """Keep every log group in `scope` when the stack is updated or deleted, if `retain`; else delete them with it.

    Never when a creation fails: what a first deployment leaves behind is billed, and may block the next one.
    """
    policy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY
    for each in scope.node.find_all():
        if isinstance(each, logs.LogGroup):
            each.apply_removal_policy(policy)
