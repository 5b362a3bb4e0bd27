"""Encryption with the customer's own key."""

import jsii
from aws_cdk import Aspects, IAspect
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct


def customer_key(scope: Construct, arn: str) -> kms.IKey:
    """Return the key. It encrypts every log group in `scope`; other resources take it as an argument."""
    key = kms.Key.from_key_arn(scope, "Key", arn)
    Aspects.of(scope).add(EncryptedLogs(key))
    return key


@jsii.implements(IAspect)
class EncryptedLogs:
    """Encrypts every log group below a construct with `key`, whose policy must let CloudWatch Logs use it.

    This is an aspect, so that it also finds the log groups that the CDK makes.
    """

    def __init__(self, key: kms.IKey) -> None:
        self._arn = key.key_arn

    def visit(self, node: IConstruct) -> None:
        """Encrypt `node` if it is a log group. The CDK calls this for every construct."""
        if isinstance(node, logs.CfnLogGroup):
            node.kms_key_id = self._arn
