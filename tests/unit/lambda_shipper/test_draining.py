"""The removal of the stream waits until the shipper has confirmed what was put behind the last record."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambda_shipper import kinesis
from lambda_shipper.delivery.report import ShippingError
from lambda_shipper.draining import handler, markers
from lambda_shipper.draining.config import Config
from tests.shipping import Context, Memory, Reply, Wire, prediction, wire
from tests.unit.lambda_shipper.test_kinesis import batch, record

BUCKET, STREAM = "failures", "stream"
CONFIG = Config(stream_name=STREAM, failure_bucket=BUCKET, grace_seconds=0)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        boto3.client("kinesis").create_stream(StreamName=STREAM, ShardCount=3)
        yield


def shipper(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (domain.config().to_env() | {"FAILURE_BUCKET": BUCKET}).items():
        monkeypatch.setenv(name, value)


def read(first: int = 0) -> list[dict[str, Any]]:
    """Return what is in the stream, as Lambda gives it to the shipper: shard by shard."""
    client = boto3.client("kinesis")
    found = []
    for shard in client.list_shards(StreamName=STREAM)["Shards"]:
        asked = {"StreamName": STREAM, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        records = client.get_records(ShardIterator=client.get_shard_iterator(**asked)["ShardIterator"])["Records"]
        found += [markers.base64.b64encode(each["Data"]).decode() for each in records]
    return [record(first + number, data) for number, data in enumerate(found)]


def put(*lines: str) -> None:
    data = markers.base64.b64decode(batch(1, list(lines))["kinesis"]["data"])
    boto3.client("kinesis").put_record(StreamName=STREAM, Data=data, PartitionKey="log stream")


def test_markers_lie_behind_what_is_in_every_shard() -> None:
    put(prediction(1))

    wanted = markers.put(boto3.client("kinesis"), STREAM)

    keys = [markers.key_of(each["kinesis"]["data"]) for each in read()]
    assert set(filter(None, keys)) == wanted
    assert len(wanted) == 3 * markers.PER_SHARD
    assert len({key.split("/")[2] for key in wanted}) == 3


def test_the_shipper_confirms_them_after_it_has_shipped_what_lies_before(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(prediction(1))
    wanted = markers.put(boto3.client("kinesis"), STREAM)
    shipper(domain, monkeypatch)

    answer = kinesis.handler({"Records": read()}, Context(seconds=5))

    assert answer == {"batchItemFailures": []}
    assert len(memory.documents) == 1
    assert set(markers.confirmed(boto3.client("s3"), BUCKET)) == wanted


def test_nothing_is_confirmed_while_the_domain_takes_nothing(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    put(prediction(1))
    markers.put(boto3.client("kinesis"), STREAM)
    shipper(domain, monkeypatch)
    domain.answer = lambda request: Reply(status=403, body=b"{}")

    with pytest.raises(ShippingError):
        kinesis.handler({"Records": read()}, Context(seconds=5))

    assert list(markers.confirmed(boto3.client("s3"), BUCKET)) == []


def test_nothing_is_confirmed_beside_a_record_that_is_named_as_broken(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    markers.put(boto3.client("kinesis"), STREAM)
    shipper(domain, monkeypatch)

    records = [batch(900, [prediction(1)]), record(901, "broken"), *read()]
    answer = kinesis.handler({"Records": records}, Context(seconds=5))

    assert answer["batchItemFailures"]
    assert list(markers.confirmed(boto3.client("s3"), BUCKET)) == []


@pytest.mark.parametrize("data", ["", "?", "H4sIAAAA", "cHJlZG1vbi1kcmFpbjo=", "cHJlZG1vbi1kcmFpbjouLi94"])
def test_no_other_record_is_taken_for_a_marker(data: str) -> None:
    assert markers.key_of(data) == ""


def test_the_drain_ends_when_all_is_confirmed_and_leaves_no_object(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "PAUSE_SECONDS", 0.05)
    shipper(domain, monkeypatch)
    put(prediction(1))

    def ship_later() -> None:
        time.sleep(0.3)
        kinesis.handler({"Records": read()}, Context(seconds=5))

    reading = threading.Thread(target=ship_later)
    reading.start()
    left = handler.drain(CONFIG, until=time.monotonic() + 20)
    reading.join()

    assert left == 0
    assert len(memory.documents) == 1
    assert list(markers.confirmed(boto3.client("s3"), BUCKET)) == []


def answered(monkeypatch: pytest.MonkeyPatch, status: str, request: str = "Delete") -> dict[str, Any]:
    """Return what CloudFormation is told, while the stack is in `status` and nobody reads the stream."""
    for name, value in CONFIG.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(handler, "_stack_goes", lambda stack: status.startswith("DELETE"))
    monkeypatch.setattr(handler, "RESERVE_SECONDS", 0.5)
    event = {"RequestType": request, "StackId": "arn", "RequestId": "r", "LogicalResourceId": "Drain"}
    with wire(lambda request: Reply(body=b"")) as cloudformation:
        handler.handler({**event, "ResponseURL": cloudformation.url}, Context(seconds=1))
        [sent] = cloudformation.about_fields
    told: dict[str, Any] = json.loads(sent.body)
    return told


def test_a_stream_that_is_not_read_to_its_end_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answered(monkeypatch, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")

    assert told["Status"] == "FAILED"
    assert "stream still holds records" in told["Reason"]


@pytest.mark.parametrize(
    ("status", "request_type"), [("DELETE_IN_PROGRESS", "Delete"), ("CREATE_IN_PROGRESS", "Create")]
)
def test_nothing_waits_where_the_stream_is_made_or_goes_with_the_stack(
    status: str, request_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(monkeypatch, status, request_type)["Status"] == "SUCCESS"


def test_cloudformation_is_answered_also_where_the_drain_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("kinesis").delete_stream(StreamName=STREAM)
    for name, value in CONFIG.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(handler, "_stack_goes", lambda stack: False)
    event = {"RequestType": "Delete", "StackId": "arn", "RequestId": "r", "LogicalResourceId": "Drain"}

    with wire(lambda request: Reply(body=b"")) as cloudformation:
        with pytest.raises(ClientError):
            handler.handler({**event, "ResponseURL": cloudformation.url}, Context(seconds=1))
        [sent] = cloudformation.about_fields

    assert json.loads(sent.body)["Status"] == "FAILED"
