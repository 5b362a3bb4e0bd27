"""Which keys get a field in the day's index: every function has its own budget, and what is read has none."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from lambda_shipper.delivery.outcome import Outcome
from lambda_shipper.domain.client import Client
from lambda_shipper.domain.indices import FUNCTION_FIELDS, TOTAL_FIELDS, Indices, open_indices, owner_of
from lambda_shipper.domain.mappings import mapping_of, read_mapping
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import decode
from tests.shipping import Memory, Wire, log_events, payload, prediction

DAY = "cwl-2026.11.22"


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    open_indices.cache_clear()
    yield
    open_indices.cache_clear()


def deliver(domain: Wire, lines: list[str], group: str = "a", first: int = 0, **settings: Any) -> Outcome:
    """Ship as a new execution environment would."""
    open_indices.cache_clear()
    config = domain.config(**settings)
    batch = decode(payload(log_events(lines, first=first), logGroup=group), config.max_batch_bytes)
    return ship([batch], config, Client(config), until=time.monotonic() + 10)


def customers(start: int, count: int) -> list[str]:
    return [prediction(number, by_customer={f"c{number}": 0.1}) for number in range(start, start + count)]


def fields_of(memory: Memory, prefix: str) -> list[str]:
    fields, _ = read_mapping(memory.mappings[DAY])
    return [path for path in fields if path.startswith(prefix)]


def test_ordinary_lines_ask_nothing_about_fields(domain: Wire) -> None:
    deliver(domain, [prediction(1), '{"prediction": 0.5, "latency_ms": 3}', '{"prediction": ["a", "b"]}'])

    assert domain.about_fields == []


def test_new_keys_of_a_batch_are_added_in_one_request_and_say_for_whom(domain: Wire, memory: Memory) -> None:
    outcome = deliver(domain, customers(0, 50))

    assert (outcome.indexed, outcome.totals()["left_out"]) == (50, 0)
    assert [request.method for request in domain.about_fields] == ["GET", "PUT", "GET", "PUT"]
    added = memory.mappings[DAY]["properties"]["by_customer"]["properties"]
    assert len(added) == 50
    assert added["c7"]["meta"] == {"added_for": owner_of("a")}


def test_keys_that_the_index_has_cost_one_look_and_then_none(domain: Wire, memory: Memory) -> None:
    deliver(domain, [prediction(1, tenant="north", customer={"country": "NO"})])
    domain.about_fields.clear()

    deliver(domain, [prediction(2, tenant="south", customer={"country": "SE"})], first=10)
    config = domain.config()
    batch = decode(payload(log_events([prediction(3, tenant="east")], first=20)), config.max_batch_bytes)
    ship([batch], config, Client(config), until=time.monotonic() + 10)

    assert [request.method for request in domain.about_fields] == ["GET"]
    assert len(memory.documents) == 3


@pytest.mark.parametrize("at_once", [1000, 50])
@pytest.mark.parametrize("top_level", [False, True])
def test_a_function_s_keys_end_at_its_budget_and_every_line_is_indexed(
    domain: Wire, memory: Memory, at_once: int, top_level: bool
) -> None:
    for start in range(0, 1000, at_once):
        lines = customers(start, at_once)
        if top_level:
            lines = [prediction(number, **{f"c{number}": 0.1}) for number in range(start, start + at_once)]
        deliver(domain, lines, first=start)

    count = len(fields_of(memory, "c" if top_level else "by_customer."))
    assert count == FUNCTION_FIELDS - (0 if top_level else 1)
    without = [document for document in memory.documents.values() if "left_out" in document["shipper"]]
    assert len(memory.documents) == 1000
    assert len(without) == 1000 - count
    assert {tuple(each["shipper"]["left_out_reasons"]) for each in without} == {("too_many_fields",)}


def test_another_function_is_not_touched_by_it(domain: Wire, memory: Memory) -> None:
    deliver(domain, customers(0, 1000))

    outcome = deliver(domain, [prediction(1, country="NO", retries=0)], group="b", first=5000)

    assert outcome.totals()["left_out"] == 0
    document = memory.by_id[f"{5000:056d}"]
    assert (document["country"], document["retries"]) == ("NO", 0)


def test_many_greedy_functions_leave_room_for_a_newcomer(domain: Wire, memory: Memory) -> None:
    for number in range(40):
        lines = [json.dumps({"prediction": {"label": "a"}, f"g{number}": {f"k{key}": 1 for key in range(300)}})]
        deliver(domain, lines, group=f"greedy {number}", first=number)

    outcome = deliver(domain, [prediction(1, country="NO")], group="newcomer", first=5000)

    assert read_mapping(memory.mappings[DAY])[1].total < TOTAL_FIELDS
    assert outcome.totals()["left_out"] == 0


def test_key_that_somebody_reads_is_indexed_beyond_the_budget(domain: Wire, memory: Memory) -> None:
    deliver(domain, customers(0, 1000))

    outcome = deliver(
        domain, [prediction(1, customer={"country": "NO"})], first=5000, kept_fields=("customer.country",)
    )

    assert outcome.totals()["left_out"] == 0
    assert memory.by_id[f"{5000:056d}"]["customer"] == {"country": "NO"}


def test_keys_of_many_lines_come_before_those_of_one(domain: Wire, memory: Memory) -> None:
    lines = [prediction(number, by_customer={f"c{number}": 0.1}, late={"common": 1}) for number in range(600)]
    lines[:300] = customers(0, 300)

    deliver(domain, lines)

    assert fields_of(memory, "late") == ["late", "late.common"]


def test_value_where_an_object_is_is_left_out_and_so_is_the_reverse(domain: Wire, memory: Memory) -> None:
    lines = [
        prediction(0, request={"groupBy": {"field": "x"}}, tenant="north"),
        prediction(1, request={"groupBy": "x"}, tenant="north"),
        prediction(2, request={"groupBy": [{"field": "y"}]}, tenant="north"),
        prediction(3, tenant={"name": "north"}),
        prediction(4, **{"tenant.name": "north"}),
        prediction(5, mixed=[1, {"a": 2}]),
    ]

    outcome = deliver(domain, lines)

    assert outcome.indexed == 6
    assert [document["shipper"].get("left_out") for _, document in sorted(memory.by_id.items())] == [
        None,
        ["request.groupBy"],
        None,
        ["tenant"],
        ["tenant.name"],
        ["mixed"],
    ]


@pytest.mark.parametrize("key", ["_id", "_source", "", " ", "a..b", ".a", "a.", ".", "x" * 300, "_score"])
def test_name_that_no_field_can_have_is_left_out(domain: Wire, memory: Memory, key: str) -> None:
    deliver(domain, [prediction(1, **{key: "v"}), prediction(2, **{"inner": {key: "v", "fine": 1}})])

    first, second = memory.documents.values()
    assert first["shipper"]["left_out"] == [key]
    assert key not in first
    assert second["inner"]["fine"] == 1
    assert key.startswith("_") or second["shipper"]["left_out"] == [f"inner.{key}"]


def test_key_that_lies_too_deep_is_left_out(domain: Wire, memory: Memory) -> None:
    value: Any = 1
    for _ in range(25):
        value = {"k": value}

    deliver(domain, [prediction(1, deep=value, shallow={"k": 1})])

    [document] = memory.documents.values()
    assert document["shipper"]["left_out_reasons"] == ["too_deep"]
    assert document["shallow"] == {"k": 1}


def test_objects_that_hold_nothing_take_no_field(domain: Wire, memory: Memory) -> None:
    deliver(domain, [prediction(number, **{f"c{number}": {}, "d": None, "e": []}) for number in range(10)])

    assert DAY not in memory.mappings
    assert all("left_out" not in document["shipper"] for document in memory.documents.values())


def test_types_are_those_of_the_index_s_dynamic_templates() -> None:
    templates = [
        {"ids": {"match_mapping_type": "string", "match": "*_id", "mapping": {"type": "keyword"}}},
        {"below": {"path_match": "customer.*", "mapping": {"type": "{dynamic_type}", "index": False}}},
        {"texts": {"match_mapping_type": "string", "mapping": {"type": "text", "norms": False}}},
        {"any": {"match_mapping_type": "*", "unmatch": "x*", "mapping": {"doc_values": False}}},
    ]

    assert mapping_of("user_id", "string", templates) == {"type": "keyword"}
    assert mapping_of("customer.age", "long", templates) == {"type": "long", "index": False}
    assert mapping_of("note", "string", templates) == {"type": "text", "norms": False}
    assert mapping_of("flag", "boolean", templates) == {"type": "boolean", "doc_values": False}
    assert mapping_of("x", "double", templates) == {"type": "float"}


def test_what_is_known_is_bounded() -> None:
    indices = Indices()

    for day in range(100):
        indices.get(f"cwl-{day}")

    assert len(indices._indices) <= 16
