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
    return read_answer(Answer(answer.status_code, answer.content), 1)[1].get(0, Item(Reply.WRITTEN))


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


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (closed, "index_closed"),
        (lambda search: blocked(search, "write"), "write_blocked"),
        (lambda search: blocked(search, "read_only"), "read_only"),
        (lambda search: blocked(search, "read_only_allow_delete"), "read_only"),
        (full, "shard_limit"),
    ],
)
def test_the_reason_has_a_word_of_its_own_and_the_document_is_tried_again(
    search: OpenSearch, engine_url: str, fault: Callable[[OpenSearch], Any], reason: str
) -> None:
    search.indices.create(index=DAY)
    with fault(search):
        found = write(engine_url)

    assert (found.reply, found.reason) == (Reply.BUSY, reason)
    assert write(engine_url).reply is Reply.WRITTEN
