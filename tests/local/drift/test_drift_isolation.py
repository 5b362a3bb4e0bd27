"""One odd thing stops nobody but itself: it says why it was not judged, and all others are."""

from typing import Any

import pytest
from opensearchpy import OpenSearch

from monitors.drift.all_groups import ComparingError, compare_all
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal

DAY_BEFORE = Period(NOW - 26 * HOUR, NOW - 25 * HOUR)


def beside(field: str, values: list[Any], number: int = 500, seed: int = 1) -> list[dict[str, Any]]:
    return [{**row, field: values[n % len(values)]} for n, row in enumerate(normal(number, seed=seed))]


@pytest.mark.parametrize(
    ("field", "before", "now", "said"),
    [
        ("odd_mixed", [1, 2, 3], ["one", "two"], "odd_mixed is of several types in the indices of these days"),
        ("odd_object", [{"a": 1}], [{"a": 2}], "no prediction carries a value for odd_object"),
        ("odd_tags.keyword", [["a", "b"]], [["a", "b"]], "predictions carry several values of odd_tags.keyword"),
    ],
)
def test_a_field_that_cannot_be_compared_says_why_and_all_others_are_judged(
    search: OpenSearch, opensearch_url: str, group: Group, field: str, before: list[Any], now: list[Any], said: str
) -> None:
    watching = Config(opensearch_url, reference_size=500, fields=(field, "latency_ms", "-*"))
    name = field.removesuffix(".keyword")
    latency = {"latency_ms": 10}
    index(search, group, [{**row, **latency} for row in beside(name, before)], DAY_BEFORE)
    index(search, group, [{**row, **latency} for row in beside(name, now, 300, seed=2)], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, watching)

    assert run.verdict is Verdict.STABLE
    assert signal(run, field).verdict is Verdict.NOT_ENOUGH_DATA
    assert said in signal(run, field).explanation
    assert f"not looked at: {field}" in run.explanation or f", {field} (" in run.explanation
    assert {signal(run, each).verdict for each in ("label", "score", "latency_ms")} == {Verdict.STABLE}


@pytest.mark.parametrize(
    ("field", "before", "now"),
    [
        ("odd_boolean", [True, True, True, False], [False]),
        ("odd_text", ["yes", "no"], ["no"]),
        ("odd_number", [1, 2.5, 3], [9]),
    ],
)
def test_booleans_texts_and_numbers_are_all_compared(
    search: OpenSearch, opensearch_url: str, group: Group, field: str, before: list[Any], now: list[Any]
) -> None:
    watching = Config(opensearch_url, reference_size=500, fields=(field,))
    index(search, group, beside(field, before), DAY_BEFORE)
    index(search, group, beside(field, before, 300, seed=2), Period(NOW - 2 * HOUR, NOW - HOUR))
    index(search, group, beside(field, now, 300, seed=2), LAST_HOUR)

    same = compare(search, group, Period(NOW - 2 * HOUR, NOW - HOUR), watching)
    changed = compare(search, group, LAST_HOUR, watching)

    assert signal(same, field).verdict is Verdict.STABLE
    assert signal(changed, field).verdict is Verdict.DRIFT


def test_scores_at_the_ends_of_what_a_number_can_be_are_numbers(
    search: OpenSearch, config: Config, group: Group
) -> None:
    huge = [{"prediction": {"label": "acceptable", "score": score}} for score in (1.79e308, -1.79e308)]
    index(search, group, [*normal(498), *huge], DAY_BEFORE)
    index(search, group, [*normal(298, seed=2), *huge], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "score").verdict is Verdict.STABLE
    assert signal(run, "label").verdict is Verdict.STABLE


def test_a_broken_segment_is_found_where_the_whole_hardly_changes(
    search: OpenSearch, opensearch_url: str, group: Group
) -> None:
    watching = Config(opensearch_url, reference_size=2000, segment_field="segment.keyword")

    def rows(number: int, broken: bool) -> list[dict[str, Any]]:
        found = [{**row, "segment": f"customer {n % 10}"} for n, row in enumerate(normal(number, seed=number))]
        for row in found[3::10] if broken else []:
            label = row["prediction"]["label"]
            row["prediction"] = {
                **row["prediction"],
                "label": "acceptable" if label != "acceptable" else "unacceptable",
            }
        return found

    index(search, group, rows(2000, broken=False), DAY_BEFORE)
    index(search, group, rows(500, broken=True), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, watching)

    assert signal(run, "segments").verdict.severity >= 1
    assert "in the segment “customer 3”" in run.explanation


def test_a_group_whose_stored_reference_is_damaged_stops_no_other(
    search: OpenSearch, config: Config, group: Group
) -> None:
    damaged = Group(f"{group.log_group}/damaged", "1")
    for each in (group, damaged):
        index(search, each, normal(500), DAY_BEFORE)
        index(search, each, normal(300, seed=2), LAST_HOUR)
    reference = compare(search, damaged, LAST_HOUR, config).reference
    assert reference is not None
    body = {"doc": {"signals": [{"signal": "label"}]}}
    search.update(index="prediction-reference", id=reference.identity, body=body, refresh=True)

    outcome = compare_all(search, LAST_HOUR, config)

    verdicts = {run.group: (run.verdict, run.explanation) for run in outcome.runs}
    assert verdicts[group][0] is Verdict.STABLE
    assert verdicts[damaged][0] is Verdict.NOT_ENOUGH_DATA
    assert verdicts[damaged][1].startswith("could not be judged: KeyError")
    with pytest.raises(ComparingError, match="damaged"):
        outcome.check()


def test_the_same_window_judged_again_gives_the_same_run(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(500), DAY_BEFORE)
    index(search, group, normal(300, seed=2, unacceptable=0.5), LAST_HOUR)

    first, second = (compare(search, group, LAST_HOUR, config) for _ in range(2))

    assert first == second
