"""Why the real engine takes no document, each under its own word, and that it is no document's fault."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from opensearchpy import OpenSearch

from lambda_shipper.domain.answers import Item, Reply, read_answer
from lambda_shipper.domain.client import Answer

DAY = "cwl-2026.10.01"


def write(url: str) -> Item:
    """Return what the shipper makes of the engine's answer to one document."""
    lines = [{"index": {"_index": DAY, "_id": "1"}}, {"prediction": {"label": "a"}}]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    answer = requests.post(f"{url}/_bulk", data=body, headers={"Content-Type": "application/x-ndjson"}, timeout=60)
    whole, items = read_answer(Answer(answer.status_code, answer.content), 1)
    return items.get(0, whole)


@contextmanager
def closed(search: OpenSearch) -> Iterator[None]:
    search.indices.close(index=DAY)
    yield
    search.indices.open(index=DAY)


@contextmanager
def blocked(search: OpenSearch, setting: str) -> Iterator[None]:
    search.indices.put_settings(index=DAY, body={f"index.blocks.{setting}": True})
    yield
    search.indices.put_settings(index=DAY, body={f"index.blocks.{setting}": None})


@contextmanager
def full(search: OpenSearch) -> Iterator[None]:
    search.indices.delete(index=DAY)
    search.cluster.put_settings(body={"persistent": {"cluster.max_shards_per_node": 1}})
    search.indices.create(index="cwl-filler", params={"wait_for_active_shards": "0"}, ignore=[400])
    yield
    search.cluster.put_settings(body={"persistent": {"cluster.max_shards_per_node": None}})


@contextmanager
def short_of_heap(search: OpenSearch) -> Iterator[None]:
    search.cluster.put_settings(body={"transient": {"indices.breaker.total.limit": "1%"}})
    yield
    search.cluster.put_settings(body={"transient": {"indices.breaker.total.limit": None}})


@contextmanager
def cluster_read_only(search: OpenSearch) -> Iterator[None]:
    search.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only_allow_delete": True}})
    yield
    search.cluster.put_settings(body={"persistent": {"cluster.blocks.read_only_allow_delete": None}})


@contextmanager
def no_auto_create(search: OpenSearch) -> Iterator[None]:
    search.indices.delete(index=DAY)
    search.cluster.put_settings(body={"persistent": {"action.auto_create_index": "-cwl-*,+*"}})
    yield
    search.cluster.put_settings(body={"persistent": {"action.auto_create_index": None}})


@contextmanager
def alias_without_an_index_to_write_to(search: OpenSearch) -> Iterator[None]:
    search.indices.delete(index=DAY)
    search.indices.create(index="somebody-elses", body={"aliases": {DAY: {"is_write_index": False}}})
    yield
    search.indices.delete(index="somebody-elses")


@contextmanager
def data_stream(search: OpenSearch) -> Iterator[None]:
    search.indices.delete(index=DAY)
    search.indices.put_index_template(name="theirs", body={"index_patterns": [DAY], "priority": 900, "data_stream": {}})
    search.indices.create_data_stream(name=DAY)
    yield
    search.indices.delete_data_stream(name=DAY)
    search.indices.delete_index_template(name="theirs")


@pytest.mark.parametrize(
    ("fault", "reply", "reason"),
    [
        (closed, Reply.BUSY, "index_closed"),
        (lambda search: blocked(search, "write"), Reply.BUSY, "write_blocked"),
        (lambda search: blocked(search, "read_only"), Reply.BUSY, "read_only"),
        (lambda search: blocked(search, "read_only_allow_delete"), Reply.BUSY, "read_only"),
        (cluster_read_only, Reply.BUSY, "read_only"),
        (full, Reply.BUSY, "shard_limit"),
        (short_of_heap, Reply.BUSY, "circuit_breaker"),
        (no_auto_create, Reply.DENIED, "index_forbidden"),
        (alias_without_an_index_to_write_to, Reply.DENIED, "name_taken"),
        (data_stream, Reply.DENIED, "name_taken"),
    ],
)
def test_the_reason_has_a_word_of_its_own_and_the_document_is_tried_again(
    search: OpenSearch, engine_url: str, fault: Callable[[OpenSearch], Any], reply: Reply, reason: str
) -> None:
    search.indices.create(index=DAY)
    with fault(search):
        found = write(engine_url)

    assert (found.reply, found.reason) == (reply, reason)
    assert write(engine_url).reply is Reply.WRITTEN


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (429, b"429 Too Many Requests /_bulk", "throttled"),
        (403, b'{"message": "Request throttled due to too many requests"}', "throttled"),
        (403, b'{"error": {"type": "cluster_block_exception", "reason": '
              b'"blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];"}}', "read_only"),
        (429, b'{"error": {"type": "rejected_execution_exception", "reason": "rejected execution of coordinating '
              b'operation [coordinating_and_primary_bytes=1, max_coordinating_and_primary_bytes=1]"}}', "throttled"),
        (400, b'{"error": {"type": "illegal_argument_exception", "reason": "pipeline with id [p] does not exist"}}',
              "pipeline_missing"),
    ],
)  # fmt: skip
def test_answers_that_a_small_engine_never_gives_have_a_word_too(status: int, body: bytes, reason: str) -> None:
    assert read_answer(Answer(status, body), 1)[0].reason == reason
