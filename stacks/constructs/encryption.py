"""The customer's own key, where one is named."""

import jsii
from aws_cdk import Aspects, IAspect
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct


def customer_key(scope: Construct, arn: str) -> kms.IKey:
    """The key, which from now on encrypts every log group in `scope`; the rest is told to use it one by one."""
    key = kms.Key.from_key_arn(scope, "Key", arn)
    Aspects.of(scope).add(EncryptedLogs(key))
    return key


@jsii.implements(IAspect)
class EncryptedLogs:
    """Puts every log group of what it is applied to under `key`, whose policy must let CloudWatch Logs use it.

    An aspect, so that no log group is forgotten, those that the CDK makes among them.
    """

    def __init__(self, key: kms.IKey) -> None:
        self._arn = key.key_arn

    def visit(self, node: IConstruct) -> None:
        """Called by the CDK for every construct."""
        if isinstance(node, logs.CfnLogGroup):
            node.kms_key_id = self._arn
