"""What the shipper takes for a batch, and what it refuses, whole and by name."""

import base64
import gzip
import json
import random
import tracemalloc
from typing import Any

import pytest

from lambda_shipper.errors import BatchError
from lambda_shipper.reading.decoding import PART_BYTES, decode
from tests.shipping import log_events, payload

LIMIT = 1024 * 1024


def packed(data: bytes) -> dict[str, Any]:
    return {"awslogs": {"data": base64.b64encode(data).decode()}}


def test_batch_keeps_where_it_comes_from_and_every_event() -> None:
    events = log_events(["one", "two"])

    batch = decode(payload(events), LIMIT)

    assert (batch.owner, batch.log_group, batch.log_stream) == (
        "123456789012",
        "/aws/lambda/inference",
        "2026/11/22/[$LATEST]1",
    )
    assert batch.events == events
    assert not batch.is_control


def test_control_message_is_known_as_one() -> None:
    batch = decode(payload(log_events(["CWL CONTROL MESSAGE"]), messageType="CONTROL_MESSAGE"), LIMIT)

    assert batch.is_control


def test_lone_surrogates_in_a_message_are_replaced_and_pairs_joined() -> None:
    batch = decode(payload(log_events(["lone \ud800, pair \ud83d\ude42"])), LIMIT)

    assert batch.events[0]["message"] == "lone �, pair 🙂"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"awslogs": None},
        {"awslogs": {"data": 5}},
        {"awslogs": {"data": "not base64!"}},
        packed(b"not gzip"),
        packed(gzip.compress(b"{}", mtime=0)[:-3]),
        packed(gzip.compress(b"{}", mtime=0) + b"more"),
        packed(gzip.compress(b"not json", mtime=0)),
        packed(gzip.compress(b"[1, 2]", mtime=0)),
        payload([], messageType="SOMETHING_NEW"),
        payload([], owner=None),
        payload({}),
        payload([5]),
        payload([{"id": "1", "timestamp": 1}]),
        payload([{"id": "1", "timestamp": "1", "message": ""}]),
        payload([{"id": "1", "timestamp": True, "message": ""}]),
        payload([{"id": "1", "timestamp": -1, "message": ""}]),
        payload([{"id": "1", "timestamp": 10**15, "message": ""}]),
        payload([{"id": 1, "timestamp": 1, "message": ""}]),
        payload([{"id": "1", "timestamp": 1, "message": None}]),
    ],
    ids=lambda event: json.dumps(event)[:40],
)
def test_anything_else_is_refused_whole(event: dict[str, Any]) -> None:
    with pytest.raises(BatchError):
        decode(event, LIMIT)


def test_decompression_bomb_is_refused_without_being_unpacked() -> None:
    bomb = packed(gzip.compress(bytes(100 * LIMIT), 1))
    tracemalloc.start()

    with pytest.raises(BatchError, match="decompression bomb"):
        decode(bomb, LIMIT)

    assert tracemalloc.get_traced_memory()[1] < 4 * LIMIT
    tracemalloc.stop()


def test_batch_of_many_parts_is_read_whole_and_may_have_just_the_size_that_is_allowed() -> None:
    chance = random.Random(1)
    events = log_events([f"{chance.getrandbits(2048):x}" for _ in range(1000)])
    size = len(gzip.decompress(base64.b64decode(payload(events)["awslogs"]["data"])))
    assert len(base64.b64decode(payload(events)["awslogs"]["data"])) > 2 * PART_BYTES

    assert decode(payload(events), size).events == events
    with pytest.raises(BatchError, match=f"more than {size - 1} bytes"):
        decode(payload(events), size - 1)


@pytest.mark.parametrize("behind", [b"more", bytes(2 * PART_BYTES), gzip.compress(b"{}", mtime=0)])
def test_whatever_stands_behind_the_end_is_refused_also_in_a_later_part(behind: bytes) -> None:
    whole = base64.b64decode(payload(log_events(["one"]))["awslogs"]["data"])

    with pytest.raises(BatchError, match="behind its end"):
        decode(packed(whole + behind), LIMIT)


def test_error_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(BatchError) as caught:
        decode(packed(gzip.compress(b'{"message": "my secret", oops')), LIMIT)

    assert "secret" not in str(caught.value)
