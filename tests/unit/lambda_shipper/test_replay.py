"""Replay: an object goes only when all in it is safe, a poisonous one is set aside, a dead domain costs nothing."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambda_shipper import replay as replay_module
from lambda_shipper.config import Config
from lambda_shipper.domain.client import Client
from lambda_shipper.replay import Fate, Replayed, list_stored_objects, replay
from tests.shipping import Context, Memory, Reply, Wire, item_error, log_events, payload, prediction

BUCKET = "failures"


def store_batch(s3: Any, name: str, lines: list[str], first: int = 0) -> None:
    record = {"requestPayload": payload(log_events(lines, first=first))}
    s3.put_object(Bucket=BUCKET, Key=f"aws/lambda/async/shipper/2026/11/22/{name}", Body=json.dumps(record).encode())


def store_raw(s3: Any, key: str, body: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def run(s3: Any, config: Config, seconds: float = 5) -> list[Replayed]:
    objects = list(list_stored_objects(s3, BUCKET))
    return list(replay(s3, config, Client(config), objects, until=time.monotonic() + seconds))


def keys(s3: Any) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


@pytest.fixture
def config(domain: Wire) -> Config:
    return domain.config(failure_bucket=BUCKET, replay_attempts=3)


def test_batches_are_delivered_and_deleted(s3: Any, config: Config, memory: Memory) -> None:
    store_batch(s3, "a", [prediction(1), "START"])
    store_batch(s3, "b", [prediction(2)], first=10)

    done = run(s3, config)

    assert [each.fate for each in done] == [Fate.DELIVERED, Fate.DELIVERED]
    assert done[0].counts["indexed"] == done[0].counts["ignored"] == 1
    assert len(memory.documents) == 2
    assert keys(s3) == []


def test_dead_domain_ends_the_run_at_the_second_object_and_counts_no_attempt(
    s3: Any, config: Config, domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        store_batch(s3, name, [prediction(1)])
    domain.answer = lambda request: Reply(503, b"down", "text/plain")

    with monkeypatch.context() as dead:
        dead.setattr(replay_module, "OBJECT_SECONDS", 0.1)
        for _ in range(4):
            assert [each.fate for each in run(s3, config)] == [Fate.UNREACHABLE] * 2

    domain.answer = memory
    assert [each.fate for each in run(s3, config)] == [Fate.DELIVERED] * 3


def test_object_that_breaks_what_stands_before_the_domain_does_not_stop_its_neighbours(
    s3: Any, config: Config, domain: Wire, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_module, "OBJECT_SECONDS", 0.4)
    for number, name in enumerate("abc"):
        store_batch(s3, name, [prediction(number)])
    domain.answer = lambda request: Reply(502) if b"number 0." in request.body else memory(request)

    assert [each.fate for each in run(s3, config)] == [Fate.UNREACHABLE, Fate.DELIVERED, Fate.DELIVERED]


@pytest.mark.parametrize(
    "error",
    [
        item_error(429, "es_rejected_execution_exception"),
        item_error(403, "security_exception", "no permissions for [indices:data/write/bulk[s]]"),
        item_error(404, "index_not_found_exception"),
        item_error(403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/8/index write (api)];"),
        item_error(429, "circuit_breaking_exception", "[parent] Data too large"),
        item_error(400, "index_closed_exception", "closed"),
        item_error(400, "validation_exception", "this cluster currently has [9]/[9] maximum shards open;"),
    ],
    ids=lambda error: error["error"]["type"],
)
def test_domain_that_is_overloaded_or_wrongly_set_up_counts_no_attempt(
    s3: Any, config: Config, memory: Memory, monkeypatch: pytest.MonkeyPatch, error: dict[str, Any]
) -> None:
    store_batch(s3, "a", [prediction(1)])
    memory.refuse = lambda document: error
    monkeypatch.setattr(replay_module, "OBJECT_SECONDS", 0.4)

    for _ in range(2):
        assert [each.fate for each in run(s3, replace(config, replay_attempts=1))] == [Fate.LEFT]

    assert keys(s3) == ["aws/lambda/async/shipper/2026/11/22/a"]


def test_domain_that_denies_whole_requests_counts_no_attempt_and_says_so(s3: Any, config: Config, domain: Wire) -> None:
    store_batch(s3, "a", [prediction(1)])
    domain.answer = lambda request: Reply(403, b'{"Message": "not authorized to perform: es:ESHttpPost"}')

    for _ in range(4):
        assert [(each.fate, each.problem) for each in run(s3, config)] == [(Fate.LEFT, "status_403 HTTP 403")]


def test_object_that_is_denied_while_others_go_in_is_set_aside(
    s3: Any, config: Config, domain: Wire, memory: Memory
) -> None:
    domain.answer = lambda request: Reply(403) if b"number 99." in request.body else memory(request)
    store_batch(s3, "b", [prediction(99)])

    fates = []
    for number in range(3):
        store_batch(s3, "a", [prediction(number)])
        fates.append([each.fate for each in run(s3, config)])

    assert fates == [[Fate.DELIVERED, Fate.LEFT], [Fate.DELIVERED, Fate.LEFT], [Fate.DELIVERED, Fate.SET_ASIDE]]


def test_object_that_another_run_delivered_meanwhile_is_passed_over(s3: Any, config: Config) -> None:
    for number, name in enumerate("abc"):
        store_batch(s3, name, [prediction(number)], first=number)
    objects = list(list_stored_objects(s3, BUCKET))
    s3.delete_object(Bucket=BUCKET, Key=objects[1].key)

    done = list(replay(s3, config, Client(config), objects, until=time.monotonic() + 5))

    assert [each.fate for each in done] == [Fate.DELIVERED, Fate.GONE, Fate.DELIVERED]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"requestPayload": "text"}',
        b'{"requestPayload": {"awslogs": {"data": "????"}}}',
    ],
)
def test_object_that_is_no_batch_is_set_aside_after_the_attempts_and_its_neighbours_delivered(
    s3: Any, config: Config, memory: Memory, body: bytes
) -> None:
    key = "aws/lambda/async/shipper/2026/11/22/a-poison"
    store_raw(s3, key, body)

    fates = []
    for number in range(3):
        store_batch(s3, f"b{number}", [prediction(number)], first=number)
        fates.append([each.fate for each in run(s3, config)])

    assert fates == [[Fate.LEFT, Fate.DELIVERED], [Fate.LEFT, Fate.DELIVERED], [Fate.SET_ASIDE, Fate.DELIVERED]]
    assert keys(s3) == [f"set-aside/{key}"]
    aside = s3.get_object(Bucket=BUCKET, Key=f"set-aside/{key}")
    assert aside["Body"].read() == body
    assert aside["Metadata"]["problem"]
    assert len(memory.documents) == 3


def test_batch_with_one_document_that_always_fails_is_set_aside_and_the_others_indexed(
    s3: Any, config: Config, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_batch(s3, "a", [prediction(1), prediction(2)])
    memory.refuse = lambda document: item_error(500, "null_pointer_exception") if document["@id"][-1] == "1" else None
    monkeypatch.setattr(replay_module, "OBJECT_SECONDS", 0.4)

    fates = [run(s3, replace(config, replay_attempts=2))[0].fate for _ in range(2)]

    assert fates == [Fate.LEFT, Fate.SET_ASIDE]
    assert len(memory.documents) == 1


def test_document_rejected_during_replay_is_stored_alone_and_its_batch_deleted(
    s3: Any, config: Config, memory: Memory
) -> None:
    store_batch(s3, "a", [prediction(1), prediction(2)])
    memory.refuse = lambda document: item_error(400, "mapper_parsing_exception") if document["@id"][-1] == "1" else None

    [done] = run(s3, config)

    assert done.fate is Fate.DELIVERED
    assert (done.counts["indexed"], done.counts["failed"], done.counts["rejected"]) == (1, 1, 1)
    assert keys(s3) == [f"rejected/raw-2026.11.22/{1:056d}.json"]


def test_rejected_document_goes_in_once_the_domain_takes_it(s3: Any, config: Config, memory: Memory) -> None:
    store_batch(s3, "a", [prediction(1)])
    memory.refuse = lambda document: item_error(400, "mapper_parsing_exception")
    run(s3, config)
    [still] = run(s3, config)
    assert still.fate is Fate.LEFT

    memory.refuse = lambda document: None
    [done] = run(s3, config)

    assert done.fate is Fate.DELIVERED
    assert memory.by_id[f"{0:056d}"]["@message"] == prediction(1)
    assert keys(s3) == []


@pytest.mark.parametrize("body", [b"{}", b"[]", b"nonsense", b'{"action": 5, "document": 1, "timestamp": 1}'])
def test_rejected_object_that_is_none_is_set_aside(s3: Any, config: Config, body: bytes) -> None:
    store_raw(s3, "rejected/cwl-2026.11.22/1.json", body)

    fates = [run(s3, config)[0].fate for _ in range(3)]

    assert fates == [Fate.LEFT, Fate.LEFT, Fate.SET_ASIDE]


def test_scheduled_run_tells_the_objects_by_fate_as_metrics(
    s3: Any, config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**variables, **config.to_env()}.items():
        monkeypatch.setenv(name, value)
    store_batch(s3, "a", [prediction(1), "START"])

    fates = replay_module.handler({}, Context())

    assert fates == {"replay_delivered": 1, "replay_left": 0, "replay_set_aside": 0, "replay_unreachable": 0}
    line = json.loads(capsys.readouterr().out)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"] for metric in directive["Metrics"]} == fates.keys()
    assert (line["indexed"], line["ignored"]) == (1, 1)


def test_run_ends_when_its_time_is_up(s3: Any, config: Config) -> None:
    store_batch(s3, "a", [prediction(1)])

    assert run(s3, config, seconds=0) == []
    assert len(keys(s3)) == 1


def test_since_leaves_out_what_is_older(s3: Any) -> None:
    store_batch(s3, "a", [prediction(1)])
    now = datetime.now(UTC)

    assert len(list(list_stored_objects(s3, BUCKET, since=now - timedelta(hours=1)))) == 1
    assert list(list_stored_objects(s3, BUCKET, since=now + timedelta(hours=1))) == []
