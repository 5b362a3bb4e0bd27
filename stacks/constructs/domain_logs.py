"""What the search domain itself logs: its errors, and with roles in the domain who did what there."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct


def publish_logs(made: opensearch.Domain, domain_arn: str, retention: logs.RetentionDays, *, audit: bool) -> None:
    """Let the domain write its errors into a log group, and with `audit` who signed in and what was refused.

    The audit log also has to be turned on in Dashboards: docs/security.md. A policy of CloudWatch Logs lets the service
    write; an account has ten such policies in a region.
    """
    scope, domain = Construct(made, "DomainLogs"), made.node.default_child
    assert isinstance(domain, opensearch.CfnDomain)
    kinds = {"ES_APPLICATION_LOGS": "Errors", **({"AUDIT_LOGS": "Audit"} if audit else {})}
    groups = {kind: logs.LogGroup(scope, name, retention=retention) for kind, name in kinds.items()}
    statement = iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        principals=[iam.ServicePrincipal("es.amazonaws.com")],
        resources=[group.log_group_arn for group in groups.values()],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "ArnEquals": {"aws:SourceArn": domain_arn}},
    )
    policy = logs.CfnResourcePolicy(
        scope,
        "Policy",
        policy_name=f"{Aws.STACK_NAME}-domain",
        policy_document=Stack.of(scope).to_json_string(iam.PolicyDocument(statements=[statement]).to_json()),
    )
    domain.log_publishing_options = {
        kind: opensearch.CfnDomain.LogPublishingOptionProperty(
            enabled=True, cloud_watch_logs_log_group_arn=group.log_group_arn
        )
        for kind, group in groups.items()
    }
    domain.node.add_dependency(policy)
