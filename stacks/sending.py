"""The small stack of an account that sends its logs to a deployment in another account of the organisation."""

import json
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.constructs.subscriptions import PATTERN
from stacks.settings import Settings


class SendingAccount(Stack):
    """One filter for all log groups of the account, or one for each that is named, to `settings.send_to`.

    It has no function, role or bucket, so the template works alone and in a StackSet.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, description="Sends predictions to another account", **kwargs)
        s = settings
        for number, name in enumerate(s.collected.names):
            logs.CfnSubscriptionFilter(
                self,
                f"Filter{number}",
                log_group_name=name,
                destination_arn=s.send_to,
                filter_pattern=PATTERN,
                apply_on_transformed_logs=s.transformed_logs or None,
            )
        if s.collected.names:
            return
        left_out = s.collected.left_out
        logs.CfnAccountPolicy(
            self,
            "Account",
            policy_name=construct_id,
            policy_type="SUBSCRIPTION_FILTER_POLICY",
            scope="ALL",
            policy_document=json.dumps({"DestinationArn": s.send_to, "FilterPattern": PATTERN}),
            selection_criteria=f"LogGroupName NOT IN {json.dumps(left_out)}" if left_out else None,
        )
