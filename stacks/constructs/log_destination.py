"""The address to which other accounts of an organisation send their logs, in front of the stream."""

from collections.abc import Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


class LogDestination(Construct):
    """A logical destination that accounts of one organisation may name in their subscription filters.

    A sending account can only add log events, and CloudWatch Logs itself writes their account into each batch. It
    cannot read the stream, name another account, or use the role. It can send much: see docs/organisation.md.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        organization_id: str,
        blocked_accounts: Sequence[str] = (),
        stream: kinesis.IStream,
        key: kms.IKey | None,
    ) -> None:
        """`name` is a physical name: senders write the ARN that ends in it. `key` is the stream's, if it has one.

        A blocked account stops sending "eventually" (CloudWatch Logs user guide, "Modify destination membership").
        """
        super().__init__(scope, construct_id)
        writer = iam.Role(
            self,
            "Writer",
            # CloudWatch Logs uses it for filters of other accounts too, so the account is not this one. Nobody else
            # can name the role: that takes iam:PassRole here.
            assumed_by=iam.ServicePrincipal(
                "logs.amazonaws.com",
                conditions={
                    "StringLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:*:*"},
                    "StringEqualsIfExists": {"aws:SourceOrgID": organization_id},
                },
            ),
            description="Lets CloudWatch Logs put log events of the organisation's accounts into the stream",
        )
        writer.add_to_policy(iam.PolicyStatement(actions=["kinesis:PutRecord"], resources=[stream.stream_arn]))
        if key:
            key.grant(writer, "kms:GenerateDataKey")
        self.arn = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:destination:{name}"
        allowed = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["logs:PutSubscriptionFilter", "logs:PutAccountPolicy"],
            "Resource": self.arn,
            "Condition": {
                "StringEquals": {"aws:PrincipalOrgID": [organization_id]},
                **({"StringNotEquals": {"aws:PrincipalAccount": list(blocked_accounts)}} if blocked_accounts else {}),
            },
        }
        made = logs.CfnDestination(
            self,
            "Destination",
            destination_name=name,
            role_arn=writer.role_arn,
            target_arn=stream.stream_arn,
            destination_policy=Stack.of(self).to_json_string({"Version": "2012-10-17", "Statement": [allowed]}),
        )
        made.node.add_dependency(writer)
