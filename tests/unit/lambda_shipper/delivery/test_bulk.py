"""Delivery over a real socket: each document ends indexed, kept raw, rejected or failed, whatever the domain says."""

import json
import time
from collections.abc import Callable

import pytest

from lambda_shipper.domain.client import Client
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import decode
from tests.shipping import (
    Memory,
    Reply,
    Request,
    Wire,
    delivered,
    item_error,
    log_events,
    payload,
    predictions,
    wire,
)

HTML = Reply(502, b"<html><h1>Bad Gateway</h1></html>", "text/html")


def first(times: int, fault: Callable[[Request], Reply], then: Memory) -> Callable[[Request], Reply]:
    """Answer the first requests with a fault."""
    return lambda request: fault(request) if request.number < times else then(request)


def test_healthy_domain_takes_all_in_one_request(domain: Wire, memory: Memory) -> None:
    outcome = delivered(domain, predictions(10))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (10, 0, 0)
    assert (outcome.requests, outcome.retries) == (1, 0)
    assert memory.by_id[f"{3:056d}"]["text"] == "Sentence number 3."


def test_batch_without_predictions_sends_nothing(domain: Wire) -> None:
    outcome = delivered(domain, ["START", "END"])

    assert domain.requests == []
    assert (outcome.ignored, outcome.totals()["events"], outcome.totals()["predictions"]) == (2, 2, 0)


def test_requests_stay_below_the_chunk_size(domain: Wire, memory: Memory) -> None:
    outcome = delivered(domain, predictions(100), chunk_bytes=4096)

    assert outcome.indexed == len(memory.documents) == 100
    assert max(len(request.body) for request in domain.requests) <= 4096
    assert min(len(request.body) for request in domain.requests[:-1]) > 3000


def test_gzip_sends_fewer_bytes_and_the_same_documents(domain: Wire, memory: Memory) -> None:
    delivered(domain, predictions(100), compress="gzip")

    assert int(domain.requests[0].headers["Content-Length"]) < len(domain.requests[0].body) / 4
    assert domain.requests[0].headers["Content-Encoding"] == "gzip"
    assert len(memory.documents) == 100


@pytest.mark.parametrize(
    "fault",
    [
        Reply(429, b'{"error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}'),
        Reply(503, b'{"error": {"type": "no_shard_available", "reason": ""}}'),
        Reply(403, b"User: anonymous is throttled"),
        Reply(429, b"429 Too Many Requests /_bulk", "text/plain"),
        HTML,
        Reply(200, b"<html>login</html>", "text/html"),
        Reply(200, b"{}"),
        Reply(200, b"[]"),
        Reply(200, b'{"errors": true, "items": [{"index": {"status": 201}}]}'),
        Reply(200, b'{"errors": true, "items": [{"index": {}}, {}, 5, null, {"index": null}]}'),
        Reply(204, b""),
        Reply(200, b'{"errors": false, "items": []}', cut_at=9),
        Reply(200, b'{"errors": false, "items": []}', cut_at=0),
        Reply(200, b'{"errors": false, "items": []}', after_seconds=0.5),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:24]!r} {reply.cut_at}",
)
def test_transient_fault_is_retried_until_it_is_over(domain: Wire, memory: Memory, fault: Reply) -> None:
    domain.answer = first(2, lambda request: fault, memory)

    outcome = delivered(domain, predictions(5), request_timeout_seconds=0.3)

    assert (outcome.indexed, outcome.failed, outcome.retries) == (5, 0, 2)
    assert len(memory.documents) == 5


def test_only_busy_items_are_sent_again(domain: Wire, memory: Memory) -> None:
    busy = {f"Sentence number {number}." for number in (1, 4)}
    memory.refuse = lambda document: (
        item_error(429, "es_rejected_execution_exception") if document["text"] in busy else None
    )

    def clear_after_the_second(request: Request) -> Reply:
        reply = memory(request)
        if request.number == 1:
            busy.clear()
        return reply

    domain.answer = clear_after_the_second

    outcome = delivered(domain, predictions(5))

    assert (outcome.indexed, outcome.retries) == (5, 2)
    assert [len(request.pairs) for request in domain.requests] == [5, 2, 2]


@pytest.mark.parametrize(
    "error",
    [
        item_error(503, "unavailable_shards_exception"),
        item_error(403, "cluster_block_exception", "index [cwl] blocked by: [FORBIDDEN/12/index read-only]"),
        item_error(400, "validation_exception", "this cluster currently has [1000]/[1000] maximum shards open"),
        item_error(409, "version_conflict_engine_exception"),
    ],
)
def test_domain_that_cannot_write_now_fails_the_batch_in_time(domain: Wire, memory: Memory, error: dict) -> None:
    memory.refuse = lambda document: error
    started = time.monotonic()

    outcome = delivered(domain, predictions(3), seconds=0.3)

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (0, 0, 3)
    assert outcome.requests > 2
    assert time.monotonic() - started < 0.6


def test_domain_with_a_smaller_limit_than_ours_still_gets_everything(domain: Wire, memory: Memory) -> None:
    domain.answer = lambda request: (
        Reply(413, b"Request size exceeded 5000 bytes", "text/plain") if len(request.body) > 5000 else memory(request)
    )

    outcome = delivered(domain, predictions(64))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (64, 0, 0)


def test_when_time_is_up_the_rest_is_counted_as_failed_without_being_sent(domain: Wire, memory: Memory) -> None:
    def slow(request: Request) -> Reply:
        time.sleep(0.15)
        return memory(request)

    domain.answer = slow

    outcome = delivered(domain, predictions(100), seconds=0.4, chunk_bytes=4096)

    assert 0 < outcome.indexed < 100
    assert outcome.indexed + outcome.failed == 100
    assert len(domain.requests) <= 3


def test_nothing_listens(domain: Wire) -> None:
    outcome = delivered(Wire("http://127.0.0.1:9", domain.answer), predictions(3), seconds=0.6)

    assert (outcome.failed, outcome.answers) == (3, 0)
    assert "ConnectionRefusedError" in outcome.failure.detail


def test_connection_is_kept_alive_and_one_that_died_while_idle_is_opened_anew_without_a_retry(memory: Memory) -> None:
    with wire(memory) as domain:
        config = domain.config()
        client = Client(config)
        batch = decode(payload(log_events(predictions(2))), config.max_batch_bytes)
        ship([batch], config, client, until=time.monotonic() + 5)
        client._connection.sock.shutdown(2)  # as when a load balancer drops an idle connection

        outcome = ship([batch], config, client, until=time.monotonic() + 5)

    assert (outcome.indexed, outcome.retries) == (2, 0)


def test_delivering_twice_changes_nothing(domain: Wire, memory: Memory) -> None:
    lines = [*predictions(5), '{"prediction": broken']

    delivered(domain, lines)
    before = json.dumps(list(memory.documents.items()))
    delivered(domain, lines)

    assert json.dumps(list(memory.documents.items())) == before
