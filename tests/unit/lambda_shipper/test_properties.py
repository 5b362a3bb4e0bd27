"""For any bytes, any JSON, any envelope and any prefix: no prediction lost or doubled, and counts that add up."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lambda_shipper.domain.keys import Sieve
from lambda_shipper.errors import BatchError
from lambda_shipper.reading.decoding import decode
from lambda_shipper.reading.finding import find_predictions
from lambda_shipper.reading.parsing import NotJsonError, parse
from tests.shipping import Memory, Wire, delivered, log_events, wire
from tests.written import written, written_of

CHUNK_BYTES = 64 * 1024
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

    made = written([line], chunk_bytes=CHUNK_BYTES)

    assert made
    assert all(each.is_raw or "prediction" in each.document for each in made)


@given(OBJECTS, VALUES, WRITERS, st.integers(0, 200))
def test_a_prediction_cut_off_anywhere_is_found_ignored_before_its_name_or_kept_raw(
    others: dict[str, Any], value: Any, write: Callable[[Any], str], cut: int
) -> None:
    line = write({**others, "prediction": value})[:cut]
    assume('"prediction"' in line)

    assert find_predictions(line) != ([], None)


@given(st.lists(LINES, max_size=8), st.sampled_from(["full", "hash", "none"]))
def test_counts_add_up_and_every_document_can_be_sent(lines: list[str], store_text: str) -> None:
    events = log_events(lines)

    made, ignored = written_of(events, chunk_bytes=CHUNK_BYTES, store_text=store_text)

    ids = [each.target["_id"] for each in made]
    assert len(ids) == len(set(ids))
    assert len({each.document["@id"] for each in made}) + ignored == len(lines)
    assert all(each.target["_id"].startswith(each.document["@id"]) for each in made)
    assert all(each.bytes <= CHUNK_BYTES for each in made)
    assert all(each.target["_index"].startswith("raw-" if each.is_raw else "cwl-") for each in made)


ENVELOPES: st.SearchStrategy[Callable[[Any], Any]] = st.sampled_from(
    [
        lambda inner: {"level": "INFO", "message": inner},
        lambda inner: {"log": json.dumps(inner) + "\n", "stream": "stdout"},
        lambda inner: {"a": {"message": [inner, 1]}},
        lambda inner: [inner],
        lambda inner: ["scored", inner],
        lambda inner: {"event": f"scored {json.dumps(inner)}"},
        lambda inner: json.dumps(inner),
        lambda inner: {"prediction": [inner]} if isinstance(inner, dict) and "prediction" in inner else {"log": inner},
    ]
)
GLUES = st.sampled_from(["", " ", ", ", "\n", "\t", "END RequestId: 8f0e\n", '{"m": 1}'])


@given(
    st.lists(ENVELOPES, max_size=5), st.integers(1, 6), st.integers(1, 4), GLUES, st.sampled_from(["", "[INFO]\t{x} "])
)
def test_any_number_of_predictions_in_any_envelopes_is_found_exactly_once_each(
    envelopes: list[Callable[[Any], Any]], in_list: int, glued: int, glue: str, prefix: str
) -> None:
    def part(first: int) -> str:
        value: Any = [{"prediction": {"label": f"label {first + number}"}} for number in range(in_list)]
        for envelope in envelopes:
            value = envelope(value)
        return json.dumps(value)

    line = prefix + glue.join(part(number * in_list) for number in range(glued))

    made = written([line])
    again = written([line])

    assert [each.document["prediction"]["label"] for each in made] == [
        f"label {number}" for number in range(in_list * glued)
    ]
    assert [each.target for each in again] == [each.target for each in made]
    assert len({each.target["_id"] for each in made}) == len(made)


@example({"prediction.0": False, "prediction": False})
@given(OBJECTS)
def test_what_is_left_of_any_object_has_only_keys_that_an_index_takes(value: dict[str, Any]) -> None:
    sieve = Sieve({}, final=False)

    kept = sieve.sift(json.loads(json.dumps(value, default=str)))

    assert all(part.strip() for path in sieve.wanted for part in path.split("."))
    assert sieve.sift(kept) == kept


@pytest.fixture(scope="module")
def one_domain() -> Iterator[Wire]:
    """One server for all examples, since a server for each takes most of the time."""
    with wire(Memory()) as served:
        yield served


@given(st.lists(LINES | st.just('{"prediction": {"label": "a", "score": 0.5}}'), max_size=12))
def test_counts_of_a_delivery_add_up_for_any_lines(one_domain: Wire, lines: list[str]) -> None:
    one_domain.answer = Memory()

    outcome = delivered(one_domain, lines)

    assert outcome.totals()["events"] == len(lines) == outcome.ignored + outcome.totals()["events_with_predictions"]
    assert outcome.totals()["predictions"] == outcome.indexed + outcome.kept_raw + outcome.failed
    assert outcome.failed == 0
