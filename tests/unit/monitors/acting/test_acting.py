"""The acting function: it starts what the settings name, says what came of it, and starts nothing in a dry run."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from monitors.acting import handler as acting
from monitors.acting.targets import find_target

REGION, ACCOUNT = "eu-central-1", "123456789012"
DETAIL = {
    **{"action": "a" * 32, "cause": "drift", "log_group": "/aws/lambda/model", "model": {"version": "7"}},
    **{"since": "2026-05-01T10:00:00.000Z", "words": "share of “a” 31 % → 47 %", "dry_run": False, "deployment": "d"},
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def queue() -> Any:
    return boto3.resource("sqs").create_queue(QueueName="incidents")


def run(monkeypatch: pytest.MonkeyPatch, what: str, **detail: Any) -> dict[str, str]:
    monkeypatch.setenv("ON_DRIFT", what)
    return acting.handler({"detail": DETAIL | detail}, None)


def test_a_queue_hears_of_the_incident(monkeypatch: pytest.MonkeyPatch, queue: Any) -> None:
    outcome = run(monkeypatch, queue.attributes["QueueArn"])

    (message,) = queue.receive_messages()
    assert json.loads(message.body)["words"] == DETAIL["words"]
    assert outcome["state"] == "done" and "incidents" in outcome["words"]


def test_a_topic_hears_of_it(monkeypatch: pytest.MonkeyPatch, queue: Any) -> None:
    topic = boto3.resource("sns").create_topic(Name="incidents")
    topic.subscribe(Protocol="sqs", Endpoint=queue.attributes["QueueArn"])

    run(monkeypatch, topic.arn)

    assert DETAIL["action"] in queue.receive_messages()[0].body


def test_a_state_machine_starts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    states: Any = boto3.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    role = f"arn:aws:iam::{ACCOUNT}:role/any"
    arn = states.create_state_machine(name="retrain", definition=definition, roleArn=role)["stateMachineArn"]

    for _ in range(2):
        assert run(monkeypatch, arn)["state"] == "done"

    (execution,) = states.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == DETAIL["action"]


def test_a_dry_run_starts_nothing_and_says_what_it_would_have(monkeypatch: pytest.MonkeyPatch, queue: Any) -> None:
    outcome = run(monkeypatch, queue.attributes["QueueArn"], dry_run=True)

    assert outcome["state"] == "dry run" and queue.attributes["QueueArn"] in outcome["words"]
    assert not queue.receive_messages()


def test_each_cause_has_its_own_target(monkeypatch: pytest.MonkeyPatch, queue: Any) -> None:
    outcome = run(monkeypatch, queue.attributes["QueueArn"], cause="worse")

    assert outcome["state"] == "skipped" and not queue.receive_messages()


def test_a_metric_counts_the_action(monkeypatch: pytest.MonkeyPatch, queue: Any) -> None:
    run(monkeypatch, queue.attributes["QueueArn"])

    (metric,) = boto3.client("cloudwatch").list_metrics()["Metrics"]
    assert metric["MetricName"] == "Actions" and metric["Dimensions"] == [{"Name": "State", "Value": "done"}]


def test_what_cannot_be_started_fails_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match=r"NonExistentQueue|does not exist"):
        run(monkeypatch, f"arn:aws:sqs:{REGION}:{ACCOUNT}:nobody")


@pytest.mark.parametrize(
    ("arn", "actions"),
    [
        ("arn:aws:states:eu-west-1:123456789012:stateMachine:retrain", ("states:StartExecution",)),
        ("arn:aws:codepipeline:eu-west-1:123456789012:release", ("codepipeline:StartPipelineExecution",)),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:live", ("lambda:InvokeFunction",)),
        ("arn:aws-cn:sns:cn-north-1:123456789012:topic", ("sns:Publish",)),
        ("arn:aws:sqs:eu-west-1:123456789012:queue", ("sqs:SendMessage", "sqs:GetQueueUrl")),
    ],
)
def test_each_kind_of_target_takes_only_its_own_actions(arn: str, actions: tuple[str, ...]) -> None:
    target = find_target(arn)

    assert target and target.actions == actions


@pytest.mark.parametrize(
    "arn",
    [
        "retrain",
        "arn:aws:s3:::bucket",
        "arn:aws:states:eu-west-1:123456789012:execution:retrain:1",
        "arn:aws:sqs:eu-west-1:123456789012:queue.fifo",
        "arn:aws:iam::123456789012:role/x",
        "arn:aws:lambda:eu-west-1:123456789012:function:*",
        "arn:aws:sns:eu-west-1:123456789012:*",
    ],
)
def test_anything_else_is_none(arn: str) -> None:
    assert find_target(arn) is None
