"""A whole invocation: counts that add up, one line that tells them, an error that carries them."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest

from contracts.environment import ConfigError
from lambda_shipper.delivery.report import ShippingError
from lambda_shipper.domain.client import open_client
from lambda_shipper.errors import BatchError
from lambda_shipper.handler import handler
from tests.shipping import Context, Memory, Reply, Wire, item_error, log_events, payload, prediction

BUCKET = "failures"
MIXED = [prediction(1), "START", prediction(2), '{"prediction": broken', prediction(3)]


@pytest.fixture(autouse=True)
def environment(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in domain.config(failure_bucket=BUCKET).to_env().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    open_client.cache_clear()
    yield
    open_client.cache_clear()


def refuse_second(document: dict[str, Any]) -> dict[str, Any] | None:
    return item_error(400, "mapper_parsing_exception") if document["@id"] == f"{2:056d}" else None


def counted(**counts: int) -> dict[str, int]:
    """What a handler returns, with zero for what is not named; each event with one prediction at most."""
    names = ("events", "ignored", "indexed", "kept_raw", "actuals", "failed", "rejected")
    result = dict.fromkeys(names, 0) | counts
    total = result["indexed"] + result["kept_raw"] + result["actuals"] + result["failed"]
    return result | {"predictions": total, "events_with_predictions": result["events"] - result["ignored"]}


def test_counts_add_up(memory: Memory) -> None:
    counts = handler(payload(log_events(MIXED)), Context())

    assert counts == counted(events=5, ignored=1, indexed=3, kept_raw=1)
    assert len(memory.documents) == 4


def test_counts_are_of_events_and_of_predictions_where_one_holds_several(memory: Memory) -> None:
    lines = [prediction(1) * 3, "START", f"[{prediction(2)}, {prediction(3)}]", prediction(4) + '{"prediction": 1']

    counts = handler(payload(log_events(lines)), Context())

    assert counts == counted(events=4, ignored=1, indexed=6, kept_raw=1) | {"events_with_predictions": 3}
    assert len(memory.documents) == 7


def test_one_line_tells_counts_and_costs_as_metrics_and_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    now = time.time_ns() // 1_000_000

    handler(payload(log_events(MIXED, at=now - 5000)), Context())

    [printed] = capsys.readouterr().out.splitlines()
    line = json.loads(printed)
    assert line["events"] == line["ignored"] + line["events_with_predictions"] == 5
    assert line["predictions"] == line["indexed"] + line["kept_raw"] + line["failed"] == 4
    assert line["groups"] == {
        "/aws/lambda/inference": {
            "events": 5,
            "ignored": 1,
            "events_with_predictions": 4,
            "predictions": 4,
            "indexed": 3,
            "kept_raw": 1,
            "newest": now - 5000 + 4,
        }
    }
    assert line["function"] == "shipper"
    assert 5000 <= line["lag_ms"] < 15_000
    assert line["sent_bytes"] > 1000 and line["bulk_ms"] >= 0 and line["retries"] == 0
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "PredictionMonitoring"
    assert directive["Dimensions"] == [["function"]]
    assert {metric["Name"] for metric in directive["Metrics"]} <= line.keys()
    assert "Sentence" not in printed and "broken" not in printed


def test_undelivered_events_raise_with_the_facts_and_no_text(domain: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    domain.answer = lambda request: Reply(503, b'{"error": {"type": "busy", "reason": "Sentence"}}')

    with pytest.raises(ShippingError) as caught:
        handler(payload(log_events(MIXED)), Context(seconds=2.3))

    assert caught.value.failed == caught.value.outcome.failed == 4
    assert "4 predictions were not delivered" in str(caught.value)
    assert "Sentence" not in str(caught.value)
    assert json.loads(capsys.readouterr().out)["failed"] == 4


def test_each_attempt_at_a_batch_names_the_same_batch(domain: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    domain.answer = lambda request: Reply(503, b"")
    batch = payload(log_events(MIXED))

    for _ in range(2):
        with pytest.raises(ShippingError):
            handler(batch, Context(seconds=2.3))

    first, second = [json.loads(line)["batch"] for line in capsys.readouterr().out.splitlines()]
    assert first == second != ""


def test_batch_that_is_none_raises_and_sends_nothing(domain: Wire) -> None:
    with pytest.raises(BatchError):
        handler({"awslogs": {"data": "????"}}, Context())

    assert domain.requests == []


def test_document_refused_in_every_form_goes_to_the_failure_bucket_and_the_rest_is_indexed(
    memory: Memory, s3: Any
) -> None:
    memory.refuse = refuse_second

    counts = handler(payload(log_events(map(prediction, range(4)))), Context())

    assert counts == counted(events=4, indexed=3, failed=1, rejected=1)
    [entry] = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    stored = json.loads(s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read())
    assert entry["Key"] == f"rejected/raw-2026.11.22/{2:056d}.json"
    assert stored["reason"] == "mapping_conflict"
    assert stored["document"]["@message"] == prediction(2)


def test_rejected_document_holds_no_text_that_must_not_be_stored(
    memory: Memory, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_TEXT", "none")
    memory.refuse = refuse_second

    handler(payload(log_events(map(prediction, range(4)))), Context())

    [entry] = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert b"Sentence" not in s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()


def test_set_up_that_refuses_whole_batches_fails_them_with_the_reason_instead_of_storing_every_document(
    memory: Memory, s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    memory.refuse = lambda document: item_error(400, "illegal_argument_exception", "Limit of total fields [1000]")

    with pytest.raises(ShippingError, match=r"100 predictions were not delivered .*illegal_argument_exception"):
        handler(payload(log_events(map(prediction, range(100)))), Context())

    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    line = json.loads(capsys.readouterr().out)
    assert (line["failed"], line["rejected"]) == (100, 0)
    assert line["failure"] == "mapping_conflict illegal_argument_exception"


def test_without_a_failure_bucket_a_rejected_document_fails_its_batch(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILURE_BUCKET", "")
    memory.refuse = refuse_second

    with pytest.raises(ShippingError, match="1 predictions were not delivered"):
        handler(payload(log_events(map(prediction, range(4)))), Context())


def test_signed_requests_carry_a_signature_over_the_bytes_as_sent(
    domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    config = domain.config(opensearch_auth="sigv4", opensearch_region="eu-central-1", compress="gzip")
    for name, value in config.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")

    handler(payload(log_events(MIXED)), Context())

    [request] = domain.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["x-amz-security-token"] == "session"
    signed = AWSRequest(
        "POST",
        domain.url + request.path,
        {name: headers[name] for name in ("content-type", "content-encoding", "content-length")},
        request.raw,
    )
    signed.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials("test", "test", "session"), "es", "eu-central-1")
    signed.headers["X-Amz-Date"] = headers["x-amz-date"]
    signed.headers["X-Amz-Security-Token"] = "session"
    signature = auth.signature(auth.string_to_sign(signed, auth.canonical_request(signed)), signed)
    assert f"Signature={signature}" in headers["authorization"]
    assert "/eu-central-1/es/aws4_request" in headers["authorization"]
    query = request.path.partition("=")[2]
    assert query == quote(unquote(query), safe=""), "the service signs a query as quoted strictly"


def test_configuration_that_is_wrong_fails_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENSEARCH_URL")

    with pytest.raises(ConfigError, match="OPENSEARCH_URL"):
        handler(payload(log_events(MIXED)), Context())
