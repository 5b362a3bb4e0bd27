"""What an ARN may name, and how it is started: a state machine, pipeline, function, queue or topic."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

ROLLBACK = "rollback"
"""Stands where an ARN may stand, for the function's own way back."""
Client = Callable[[str], Any]
"""Returns the client of a service, as `boto3.client`."""
ARN = re.compile(r"arn:aws[\w-]*:(?P<service>[a-z]+):(?P<region>[\w-]+):(?P<account>\d{12}):(?P<resource>.+)")


class Target(NamedTuple):
    """How one kind of resource is started. `actions` are all that this takes, on that ARN alone."""

    resource: str
    """What the last part of its ARN looks like, as a pattern."""
    actions: tuple[str, ...]
    start: Callable[[Client, str, str, Mapping[str, Any]], None]
    """Takes the clients, the ARN, the id of the incident, and what is passed on."""


def _start_machine(client: Client, arn: str, identity: str, detail: Mapping[str, Any]) -> None:
    states = client("stepfunctions")
    try:
        states.start_execution(stateMachineArn=arn, name=identity, input=json.dumps(detail))
    except states.exceptions.ExecutionAlreadyExists:
        print(json.dumps({"message": "started before", "action": identity}))


def _start_pipeline(client: Client, arn: str, identity: str, detail: Mapping[str, Any]) -> None:
    client("codepipeline").start_pipeline_execution(name=arn.rpartition(":")[2], clientRequestToken=identity)


def _invoke(client: Client, arn: str, identity: str, detail: Mapping[str, Any]) -> None:
    client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=json.dumps(detail).encode())


def _send(client: Client, arn: str, identity: str, detail: Mapping[str, Any]) -> None:
    found = ARN.fullmatch(arn)
    assert found
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=found["resource"], QueueOwnerAWSAccountId=found["account"])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(detail))


def _publish(client: Client, arn: str, identity: str, detail: Mapping[str, Any]) -> None:
    client("sns").publish(TopicArn=arn, Message=json.dumps(detail), Subject="Predictions need somebody to look")


TARGETS: Mapping[str, Target] = {
    "states": Target(r"stateMachine:[\w-]+", ("states:StartExecution",), _start_machine),
    "codepipeline": Target(r"[\w.@-]+", ("codepipeline:StartPipelineExecution",), _start_pipeline),
    "lambda": Target(r"function:[\w-]+(:[\w$-]+)?", ("lambda:InvokeFunction",), _invoke),
    "sqs": Target(r"[\w-]+", ("sqs:SendMessage", "sqs:GetQueueUrl"), _send),
    "sns": Target(r"[\w-]+", ("sns:Publish",), _publish),
}
"""Service in the ARN → how it is started. A FIFO queue or topic wants keys that nobody knows here."""


def find_target(arn: str) -> Target | None:
    """Return how an ARN is started; None where it names nothing that can be."""
    found = ARN.fullmatch(arn)
    target = TARGETS.get(found["service"]) if found else None
    return target if target and found and re.fullmatch(target.resource, found["resource"]) else None
