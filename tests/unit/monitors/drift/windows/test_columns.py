"""Which paths of the documents are columns of the input, and why the others are not."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.drift.windows.columns import MOST_COLUMNS, find_columns

START = datetime(2026, 5, 1, tzinfo=UTC)
BY = random.Random(4)


def rows(make: Callable[[int], Any], number: int = 200) -> list[tuple[datetime, dict[str, Any]]]:
    return [(START + timedelta(seconds=at), {"prediction": {"label": "a"}, "column": make(at)}) for at in range(number)]


@pytest.mark.parametrize(
    "make",
    [
        lambda at: BY.gauss(0, 1),
        lambda at: BY.randint(18, 90),
        lambda at: BY.randint(20_000, 90_000),
        lambda at: float(BY.randint(1, 5)),
        lambda at: BY.choice(["FR", "DE"]),
        lambda at: BY.choice(["Health care and social assistance", "Arts, entertainment and recreation"]),
        lambda at: BY.random() < 0.5,
        lambda at: 7,
        lambda at: None if at % 3 else 1.5,
        lambda at: str(BY.randint(1, 12)),
        lambda at: [BY.gauss(0, 1)],
        lambda at: "2026" if at % 2 else "2025",
    ],
    ids=[
        "number",
        "whole number",
        "income",
        "few",
        "word",
        "long names",
        "boolean",
        "constant",
        "some",
        "month",
        "list of one",
        "year",
    ],
)
def test_numbers_categories_and_booleans_are_watched(make: Callable[[int], Any]) -> None:
    assert find_columns(rows(make)).watched == ("column",)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda at: str(uuid.UUID(int=BY.getrandbits(128))), "an id"),
        (lambda at: f"user-{BY.randint(1, 100_000)}", "an id"),
        (lambda at: 10_000_000 + BY.randint(0, 9_999_999), "an id"),
        (lambda at: 500 + at, "a counter"),
        (lambda at: (START + timedelta(seconds=at)).isoformat(), "a time"),
        (lambda at: "2026-05-01 10:00:07.123", "a time"),
        (lambda at: (START.timestamp() + at) * 1000, "a time"),
        (lambda at: int(START.timestamp()) + BY.randint(-(10**6), 0), "a time"),
        (lambda at: " ".join(BY.choices("abcdefghij", k=8)), "free text"),
        (lambda at: "x" * 2000, "free text"),
        (lambda at: f"{BY.gauss(0, 1):.6f}", "numbers logged as texts"),
        (lambda at: ["red", "new", "big"][: 1 + at % 3], "a list of varying length"),
        (lambda at: [1.0, 2.0] if at % 9 else [1.0], "a list of varying length"),
        (lambda at: [1.0] * 301, "a list of lists, or of more than 300 values"),
        (lambda at: [[1.0, 2.0], [3.0, 4.0]], "a list of lists, or of more than 300 values"),
        (lambda at: [{"a": 1}, {"a": 2}], "a list of objects"),
        (lambda at: None, "nothing but null"),
        (lambda at: 1 if at % 2 else "one", "of several types: numbers, texts"),
    ],
)
def test_what_is_no_column_says_why(make: Callable[[int], Any], why: str) -> None:
    found = find_columns(rows(make))

    assert not found.watched and found.left_out["column"].startswith(why)


@pytest.mark.parametrize("path", ["id", "customer_id", "orderId", "account.number", "session-key"])
def test_whole_numbers_that_are_called_ids_are_ids(path: str) -> None:
    made = [(START, {path: BY.randint(1, 1000)}) for _ in range(200)]

    assert find_columns(made).left_out[path].startswith("an id")


@pytest.mark.parametrize("path", ["paid", "monkey", "turnover", "grid", "valid"])
def test_a_name_that_only_ends_like_an_id_is_none(path: str) -> None:
    assert find_columns([(START, {path: BY.randint(1, 1000)}) for _ in range(200)]).watched == (path,)


def test_paths_go_through_objects_dotted_keys_and_lists_of_one() -> None:
    made = [(START, {"features": {"a": 1, "b.c": 2}, "instances": [{"d": {"e": 3}}], "f": True})]

    assert find_columns(made).watched == ("f", "features.a", "features.b.c", "instances.d.e")


def test_keys_of_the_contract_and_of_loggers_are_no_columns() -> None:
    made = [(START, {"text": "a", "prediction": 1, "model": {"name": "m"}, "latency_ms": 3, "level": "INFO", "@id": 1})]

    assert find_columns(made).watched == () and find_columns(made).left_out == {}


def test_places_of_a_vector_are_columns() -> None:
    made = rows(lambda at: [[BY.gauss(0, 1), BY.choice("ab"), None if at % 2 else 1.5]])
    made[7][1]["column"] = [1.0]

    assert find_columns(made).watched == ("column[0]", "column[1]", "column[2]")
    assert find_columns(made, ["column*"]).watched == ()


def test_names_that_no_aggregation_takes_are_said() -> None:
    assert "cannot count" in find_columns([(START, {"a[0]": 1, "b,c": 2})]).left_out["a[0]"]


def test_there_is_a_most_and_the_rest_is_said() -> None:
    found = find_columns([(START, {f"c{number:04}": 1.5 for number in range(MOST_COLUMNS + 5)})])

    assert len(found.watched) == MOST_COLUMNS and set(found.left_out.values()) == {"more than 300 columns"}


def test_patterns_leave_columns_out() -> None:
    found = find_columns([(START, {"debug": {"a": 1}, "b": 2})], ["debug.*"])

    assert found.watched == ("b",) and found.left_out == {"debug.a": "drift_fields leaves it out"}
