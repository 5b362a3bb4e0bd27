"""The columns of the input are watched without a setting: what moved is named, and what is left out says why."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opensearchpy import OpenSearch

from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.references.reference import list_cards, load
from monitors.drift.reports.report import list_measures
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal, store

DAY_BEFORE = Period(NOW - 26 * HOUR, NOW - 25 * HOUR)
HOUR_BEFORE = Period(NOW - 2 * HOUR, NOW - HOUR)
Row = dict[str, Any]


def rows(number: int, seed: int = 1, change: Callable[[Row, random.Random], None] | None = None) -> list[Row]:
    """Return predictions with twelve columns in several places, and with keys that hold no column."""
    generator, of_lists = random.Random(seed), random.Random(seed)
    made = []
    for row in normal(number, seed=seed):
        wealth = generator.gauss(0, 1)
        features: Row = {
            "income": round(30_000 + 9_000 * wealth + generator.gauss(0, 1000)),
            "rent": round(900 + 200 * wealth + generator.gauss(0, 30), 2),
            "age": generator.randint(18, 80),
            "country": generator.choices(["FR", "DE", "IT", "ES"], [5, 50, 30, 15])[0],
            "member": generator.random() < 0.3,
            "constant": 7,
            "sometimes": None if generator.random() < 0.3 else generator.random(),
        }
        wrapped = {"instances": [{"width": generator.gauss(10, 1), "shape": generator.choice("abc")}]}
        others: Row = {
            "channel": generator.choice(["web", "app"]),
            "customer": {"id": str(generator.getrandbits(60)), "since": "2024-03-01T10:00:00Z"},
            "comment": " ".join(generator.choices(["one", "two", "three", "four", "five", "six", "seven"], k=9)),
            "vector": [generator.random() for _ in range(3)],
            "codes": [[of_lists.choice("xyz"), of_lists.choice("uvw")]],
            "flags": [of_lists.random() < 0.5, True],
            "tags": of_lists.sample(["new", "big", "red"], of_lists.randint(1, 3)),
            "debug": {"shard": generator.randint(0, 9)},
        }
        whole = {**row, "features": features, **wrapped, **others}
        if change:
            change(whole, generator)
        made.append(whole)
    return made


def inputs(run: Any) -> Finding:
    return signal(run, "inputs")


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, fields=("-debug.*",))


def test_every_column_is_found_and_what_is_none_says_why(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, rows(600), DAY_BEFORE)
    index(search, group, rows(300, seed=2), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert inputs(run).verdict is Verdict.STABLE
    reference = load(search, list_cards(search, group.log_group)[0])
    watched = {name.removeprefix("column ") for name in reference.window.signals if name.startswith("column ")}
    of_features = ["age", "constant", "country", "income", "member", "rent", "sometimes"]
    assert watched == {f"features.{name}" for name in of_features} | {
        *("instances.width", "instances.shape", "channel", "vector[0]", "vector[1]", "vector[2]"),
        *("codes[0]", "codes[1]", "flags[0]", "flags[1]"),
    }
    assert reference.left_out == {
        "customer.id": "an id: nearly every value is another one",
        "customer.since": "a time",
        "comment": "free text",
        "tags": "a list of varying length: log an object with a name for each value",
        "debug.shard": "drift_fields leaves it out",
    }
    assert "17 columns as in the reference; left out: comment (free text)" in inputs(run).explanation


def test_columns_that_move_together_are_one_message_and_the_others_none(
    search: OpenSearch, config: Config, group: Group
) -> None:
    def richer(row: Row, _: random.Random) -> None:
        row["features"]["income"] += 9000
        row["features"]["rent"] += 200

    index(search, group, rows(600), DAY_BEFORE)
    index(search, group, rows(300, seed=2, change=richer), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.DRIFT
    assert inputs(run).explanation.startswith("2 columns moved together: features.")
    assert {each.signal for each in run.findings if each.part_of == "inputs"} == {"features.income", "features.rent"}
    assert run.explanation.count("features.income") == 1
    assert list_measures(inputs(run), run)["columns"]["moved"] == inputs(run).details["suspected"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row, by: row["features"].update(country="FR"), "features.country: "),
        (lambda row, by: row["features"].update(member=by.random() < 0.7), "features.member: "),
        (lambda row, by: by.random() < 0.1 and row["features"].pop("age"), "features.age: values missing: 0 % → "),
        (lambda row, by: row["features"].update(constant=8), "features.constant: "),
        (lambda row, by: by.random() < 0.1 and row.update(channel="fax"), "channel: "),
        (lambda row, by: row["instances"][0].update(width=by.gauss(13, 1)), "instances.width: "),
        (lambda row, by: row["vector"].__setitem__(0, by.random() ** 2), "vector[0]: share of values below "),
        (lambda row, by: row["codes"][0].__setitem__(0, "x"), "codes[0]: share of “x” "),
        (lambda row, by: row["flags"].__setitem__(0, by.random() < 0.8), "flags[0]: share of “"),
        (lambda row, by: by.random() < 0.1 and row["vector"].pop(), "vector[2]: values missing: 0 % → "),
    ],
    ids=[
        *("category", "boolean", "missing", "constant", "new category", "in a list of one"),
        *("number in a list", "word in a list", "boolean in a list", "shorter list"),
    ],
)
def test_each_kind_of_change_names_its_column(
    search: OpenSearch, config: Config, group: Group, change: Callable[[Row, random.Random], None], said: str
) -> None:
    index(search, group, rows(600), DAY_BEFORE)
    index(search, group, rows(400, seed=2, change=change), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert inputs(run).verdict.severity
    assert inputs(run).explanation.startswith(said)


def test_a_small_change_alarms_once_the_next_window_confirms_it(
    search: OpenSearch, config: Config, group: Group
) -> None:
    def shift(row: Row, by: random.Random) -> None:
        if by.random() < 0.04:
            row["features"]["country"] = "FR"

    config = replace(config, reference_size=2000)
    index(search, group, rows(2000), DAY_BEFORE)
    index(search, group, rows(700, seed=5, change=shift), HOUR_BEFORE)
    index(search, group, rows(700, seed=5, change=shift), LAST_HOUR)

    first = compare(search, group, HOUR_BEFORE, config)
    store(search, first)
    second = compare(search, group, LAST_HOUR, config)

    assert inputs(first).details["suspected"] == ["features.country"]
    assert inputs(first).verdict is Verdict.STABLE
    assert inputs(second).verdict is Verdict.WARNING


def test_a_type_that_changes_is_said(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, [{**row, "retyped": 1.5} for row in normal(600)], Period(NOW - 30 * HOUR, NOW - 29 * HOUR))
    compare(search, group, Period(NOW - 29 * HOUR, NOW - 28 * HOUR), config)  # freezes the reference
    index(search, group, [{**row, "retyped": "much"} for row in normal(300, seed=2)], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert inputs(run).verdict is Verdict.WARNING
    assert "retyped: retyped.keyword was a number in the reference and is a keyword now" in inputs(run).explanation


def test_fewer_predictions_than_the_minimum_are_judged_over_a_longer_look(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, rows(600), DAY_BEFORE)
    index(search, group, rows(30, seed=2, change=lambda row, by: row["features"].update(age=81)), LAST_HOUR)
    index(search, group, rows(160, seed=3, change=lambda row, by: row["features"].update(age=81)), HOUR_BEFORE)

    run = compare(search, group, LAST_HOUR, config)

    assert inputs(run).look == "6 hours" and inputs(run).verdict is Verdict.DRIFT


def test_places_of_a_vector_know_days_and_nights(search: OpenSearch, config: Config, group: Group) -> None:
    def make(hour: int, seed: int, more: float = 0.0) -> list[Row]:
        by = random.Random(seed)
        return [{**row, "vector": [by.gauss(hour % 2 + more, 0.2), 1.0]} for row in normal(100, seed=seed)]

    end = NOW.replace(minute=0, second=0, microsecond=0)
    start = end - 124 * HOUR
    for at in range(120):
        index(search, group, make(at, at), Period(start + at * HOUR, start + (at + 1) * HOUR))
    config = replace(config, reference_size=10_000, minimum=80)
    even, odd = Period(end - 2 * HOUR, end - HOUR), Period(end - HOUR, end)
    index(search, group, make(0, 90), even)
    index(search, group, make(0, 91), odd)

    usual, moved = compare(search, group, even, config), compare(search, group, odd, config)

    assert inputs(usual).verdict is Verdict.STABLE
    assert inputs(moved).explanation.startswith("vector[0]: ")
