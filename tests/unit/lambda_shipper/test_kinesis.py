"""Kinesis: the same stages over many batches at once, and what Lambda discarded made replayable."""

import base64
import gzip
import json
import time
from typing import Any

import pytest

from lambda_shipper import kinesis
from lambda_shipper.delivery.report import ShippingError
from lambda_shipper.domain.client import open_client
from lambda_shipper.errors import BatchError
from lambda_shipper.handler import deadline
from lambda_shipper.replay import Fate, list_stored_objects, replay
from tests.shipping import Context, Memory, Reply, Wire, item_error, log_events, payload, prediction

BUCKET = "failures"
DISCARDED = "aws/lambda/14b64fd1-8f4e-4b1c-9b0e-8d2f4f4b9c3a/shardId-000000000001/2026/11/22/2026-11-22T12.00.00-7d"


def record(number: int, data: str) -> dict[str, Any]:
    sequence = f"4960118965842235937883{number:034d}"
    return {
        "eventID": f"shardId-000000000001:{sequence}",
        "eventSource": "aws:kinesis",
        "kinesis": {"sequenceNumber": sequence, "partitionKey": "stream", "data": data},
    }


def batch(number: int, lines: list[str], **changes: Any) -> dict[str, Any]:
    return record(number, payload(log_events(lines, first=number * 1000), **changes)["awslogs"]["data"])


def deliver(domain: Wire, monkeypatch: pytest.MonkeyPatch, records: list[dict[str, Any]]) -> dict[str, Any]:
    for name, value in domain.config().to_env().items():
        monkeypatch.setenv(name, value)
    return kinesis.handler({"Records": records}, Context(seconds=5))


def test_batches_of_many_streams_share_one_bulk_request(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [batch(number, [prediction(number)], logStream=f"stream {number}") for number in range(20)]

    answer = deliver(domain, monkeypatch, records)

    assert answer == {"batchItemFailures": []}
    assert len(domain.requests) == 1
    assert {document["@log_stream"] for document in memory.documents.values()} == {f"stream {n}" for n in range(20)}


def test_a_record_delivered_twice_is_one_document(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        deliver(domain, monkeypatch, [batch(1, [prediction(1)])])

    assert len(memory.documents) == 1


def test_the_first_record_that_is_no_batch_is_named_and_those_before_it_are_shipped(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = record(2, base64.b64encode(b"not gzip").decode())

    answer = deliver(domain, monkeypatch, [batch(1, [prediction(1)]), broken, batch(3, [prediction(3)])])

    assert answer == {"batchItemFailures": [{"itemIdentifier": broken["kinesis"]["sequenceNumber"]}]}
    assert [document["text"] for document in memory.documents.values()] == ["Sentence number 1."]


def test_a_first_record_that_is_no_batch_fails_the_invocation(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BatchError):
        deliver(domain, monkeypatch, [record(1, "?")])

    assert domain.requests == []


def test_a_domain_that_takes_nothing_fails_the_invocation(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    domain.answer = lambda request: Reply(status=403, body=b"{}")

    with pytest.raises(ShippingError):
        deliver(domain, monkeypatch, [batch(1, [prediction(1)])])


def test_a_refused_document_is_kept_raw_under_its_own_stream(monkeypatch: pytest.MonkeyPatch, domain: Wire) -> None:
    def refuse(document: dict[str, Any]) -> dict[str, Any] | None:
        bad = document.get("text") == "Sentence number 1."
        return item_error(400, "mapper_parsing_exception", "no") if bad else None

    memory = Memory(refuse)
    domain.answer = memory

    deliver(
        domain,
        monkeypatch,
        [batch(1, [prediction(1)], logStream="one"), batch(2, [prediction(2)], logStream="two")],
    )

    raw = memory.by_id[f"{1000:056d}"]
    assert raw["@log_stream"] == "one"
    assert "kept_raw" in raw["shipper"]
    assert memory.by_id[f"{2000:056d}"]["prediction"]["label"] == "acceptable"


def test_a_direct_invocation_that_was_on_its_way_is_shipped_too(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in domain.config().to_env().items():
        monkeypatch.setenv(name, value)

    counts = kinesis.handler(payload(log_events([prediction(1)])), Context())

    assert counts["indexed"] == 1
    assert len(memory.documents) == 1


def test_a_probe_of_the_destination_is_nothing_to_ship(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = batch(1, ["CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."])
    body = json.loads(gzip.decompress(base64.b64decode(probe["kinesis"]["data"]))) | {"messageType": "CONTROL_MESSAGE"}
    probe["kinesis"]["data"] = base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()

    assert deliver(domain, monkeypatch, [probe]) == {"batchItemFailures": []}
    assert domain.requests == []


def keys(s3: Any) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


@pytest.mark.parametrize("as_text", [True, False])
def test_what_lambda_discarded_is_unpacked_and_replayed(s3: Any, domain: Wire, memory: Memory, as_text: bool) -> None:
    event = {"Records": [batch(1, [prediction(1)]), batch(2, [prediction(2)])]}
    body = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "payload": json.dumps(event) if as_text else event,
    }
    s3.put_object(Bucket=BUCKET, Key=DISCARDED, Body=json.dumps(body))

    unpacked = kinesis.unpack_failures(s3, BUCKET, until=time.monotonic() + 5)
    config = domain.config(failure_bucket=BUCKET)
    until = deadline(Context(seconds=10))
    replayed = list(replay(s3, config, open_client(config), list_stored_objects(s3, BUCKET), until=until))

    assert unpacked == 2
    assert [each.fate for each in replayed] == [Fate.DELIVERED, Fate.DELIVERED]
    assert len(memory.documents) == 2
    assert keys(s3) == []


def test_an_object_without_records_stays_for_a_person(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    s3.put_object(Bucket=BUCKET, Key=DISCARDED, Body=b'{"KinesisBatchInfo": {}}')

    assert kinesis.unpack_failures(s3, BUCKET, until=time.monotonic() + 5) == 0

    assert keys(s3) == [DISCARDED]
    assert DISCARDED in capsys.readouterr().out


def test_object_that_another_run_unpacked_meanwhile_is_passed_over(s3: Any) -> None:
    body = json.dumps({"payload": {"Records": [batch(1, [prediction(1)])]}})
    for name in ("a", "b"):
        s3.put_object(Bucket=BUCKET, Key=DISCARDED + name, Body=body)

    def meanwhile(**_: Any) -> None:
        s3.delete_object(Bucket=BUCKET, Key=DISCARDED + "a")

    s3.meta.events.register("after-call.s3.ListObjectsV2", meanwhile)
    try:
        unpacked = kinesis.unpack_failures(s3, BUCKET, until=time.monotonic() + 5)
    finally:
        s3.meta.events.unregister("after-call.s3.ListObjectsV2", meanwhile)

    assert unpacked == 1


def test_unpacking_leaves_the_records_of_direct_invocations_alone(s3: Any) -> None:
    direct = "aws/lambda/async/shipper/2026/11/22/x.json"
    s3.put_object(Bucket=BUCKET, Key=direct, Body=b"{}")

    assert kinesis.unpack_failures(s3, BUCKET, until=time.monotonic() + 5) == 0
    assert keys(s3) == [direct]
