"""For any bytes, any JSON and any prefix: none but our own errors, no prediction lost, and counts that add up."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from lambda_shipper.config import Config
from lambda_shipper.decoding import decode
from lambda_shipper.documents import Documents
from lambda_shipper.errors import BatchError
from lambda_shipper.parsing import NotJsonError, parse
from lambda_shipper.selection import find_prediction, select
from tests.shipping import log_events, payload

CONFIG = Config(opensearch_url="http://127.0.0.1:9", chunk_bytes=64 * 1024)
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)  # lone surrogates too
NUMBERS = st.integers() | st.integers(-(10**400), 10**400) | st.floats()
KEYS = ANY_TEXT | st.sampled_from(["", "a.b", ".", "..", "@id", "@message", "shipper", "text", "prediction", "message"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
WRITERS: st.SearchStrategy[Callable[[Any], str]] = st.sampled_from(
    [json.dumps, lambda value: json.dumps(value, ensure_ascii=False), lambda value: json.dumps(value, indent=1)]
)
LINES = st.one_of(
    ANY_TEXT,
    st.builds(lambda write, value: write(value), WRITERS, VALUES),
    st.builds(lambda prefix, write, value: prefix + write(value), ANY_TEXT, WRITERS, OBJECTS),
    st.builds(lambda write, value, cut: write(value)[:cut], WRITERS, OBJECTS, st.integers(0, 60)),
)


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused_as_a_batch(data: bytes) -> None:
    for event in (
        {"awslogs": {"data": data.decode("latin-1")}},
        {"awslogs": {"data": base64.b64encode(data).decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(data, 1)).decode()}},
    ):
        try:
            decode(event, 1000)
        except BatchError:
            continue


@given(VALUES)
def test_any_json_decodes_or_is_refused_as_a_batch(value: Any) -> None:
    data = base64.b64encode(gzip.compress(json.dumps(value).encode(), 1)).decode()
    for event in (value, {"awslogs": value}, {"awslogs": {"data": value}}, {"awslogs": {"data": data}}):
        try:
            decode(event, 100_000)
        except BatchError:
            continue


@given(ANY_TEXT | st.binary(max_size=60) | st.builds(json.dumps, VALUES))
def test_any_text_parses_to_something_that_can_be_written_or_is_no_json(text: str | bytes) -> None:
    try:
        value = parse(text)
    except NotJsonError:
        return

    assert json.loads(json.dumps(value).encode()) is not Ellipsis
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@given(ANY_TEXT, WRITERS, OBJECTS, VALUES)
@example("{" * 10_000, json.dumps, {}, 1)
@example('{"a":' * 3000, json.dumps, {}, 1)
@example("x" * 1_000_000, json.dumps, {"": 10**400}, "y" * 1_000_000)
def test_a_prediction_behind_any_prefix_is_found_or_kept_raw(
    prefix: str, write: Callable[[Any], str], others: dict[str, Any], value: Any
) -> None:
    line = prefix + write({**others, "prediction": value})

    [part] = written(line)

    assert part["is_raw"] or "prediction" in part["document"]


@given(OBJECTS, VALUES, WRITERS, st.integers(0, 200))
def test_a_prediction_cut_off_anywhere_is_found_ignored_before_its_name_or_kept_raw(
    others: dict[str, Any], value: Any, write: Callable[[Any], str], cut: int
) -> None:
    line = write({**others, "prediction": value})[:cut]
    assume('"prediction"' in line)

    assert find_prediction(line) is not None


@given(st.lists(LINES, max_size=8), st.sampled_from(["full", "hash", "none"]))
def test_counts_add_up_and_every_document_can_be_sent(lines: list[str], store_text: str) -> None:
    config = Config(opensearch_url="http://127.0.0.1:9", chunk_bytes=64 * 1024, store_text=store_text)
    batch = decode(payload(log_events(lines)), config.max_batch_bytes)
    selection = select(batch)

    actions = list(Documents(batch, config).actions(selection))

    assert len(actions) + selection.ignored == len(lines)
    for event, sent, _ in actions:
        head, document, end = sent.split(b"\n")
        assert end == b""
        assert json.loads(head)["index"]["_id"] == event["id"] == json.loads(document)["@id"]
        assert len(sent) <= config.chunk_bytes


def written(line: str) -> list[dict[str, Any]]:
    """The documents that one line becomes."""
    batch = decode(payload(log_events([line])), CONFIG.max_batch_bytes)
    return [
        {"document": json.loads(lines.split(b"\n")[1]), "is_raw": documents is None}
        for _, lines, documents in Documents(batch, CONFIG).actions(select(batch))
    ]
