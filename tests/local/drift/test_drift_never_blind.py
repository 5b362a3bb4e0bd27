"""Nothing slips by: late predictions, new versions, many labels, outages, and lines that are no predictions."""

from datetime import timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers

from monitors.drift.all_groups import Judgements, compare_all
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.references.freezing import accept
from monitors.drift.references.reference import list_cards
from monitors.drift.reports.run import Run
from monitors.drift.windows.traffic import count_traffic
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal, store

BEFORE = Period(NOW - 4 * HOUR, NOW - 3 * HOUR)
HOUR_BEFORE = Period(NOW - 2 * HOUR, NOW - HOUR)


def runs_of(outcome: Judgements, group: Group) -> list[Run]:
    return [run for run in outcome.runs if run.group.log_group == group.log_group]


def labelled(**counts: int) -> list[dict[str, Any]]:
    return [{"prediction": {"label": name, "score": 0.9}} for name, count in counts.items() for _ in range(count)]


def test_predictions_that_arrive_after_their_window_was_judged_are_judged_then(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), BEFORE)
    index(search, group, normal(300, seed=2), HOUR_BEFORE)
    (first,) = runs_of(compare_all(search, HOUR_BEFORE, config), group)
    store(search, first)
    index(search, group, normal(300, seed=3, unacceptable=1.0), HOUR_BEFORE)

    outcome = compare_all(search, LAST_HOUR, config)
    again = [run for run in outcome.again if run.group == group]
    for run in again:
        store(search, run)
    settled = [run for run in compare_all(search, LAST_HOUR, config).again if run.group == group]

    assert first.verdict is Verdict.STABLE
    assert [(run.period, run.predictions, run.verdict) for run in again] == [(HOUR_BEFORE, 600, Verdict.DRIFT)]
    assert settled == []


def test_a_window_judged_again_leaves_nothing_of_what_was_said_before(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, labelled(a=470, b=30), BEFORE)
    index(search, group, labelled(a=400), LAST_HOUR)
    without_b = compare(search, group, LAST_HOUR, config)
    store(search, without_b)
    index(search, group, labelled(b=30), LAST_HOUR)

    with_b = compare(search, group, LAST_HOUR, config)
    store(search, with_b)

    body = {
        "size": 100,
        "query": {"bool": {"filter": [{"term": {"run": with_b.identity}}, {"term": {"kind": "signal"}}]}},
    }
    stored = {hit["_source"]["signal"] for hit in search.search(index="drift-*", body=body)["hits"]["hits"]}
    assert signal(without_b, "vanished_label").verdict is Verdict.DRIFT
    assert "vanished_label" not in stored
    assert stored == {finding.signal for finding in with_b.findings}


@pytest.mark.parametrize("number", [300, 700])
def test_a_new_version_is_compared_with_the_one_before_however_many_its_first_predictions_are(
    search: OpenSearch, config: Config, group: Group, number: int
) -> None:
    index(search, group, normal(500), BEFORE)
    compare(search, group, BEFORE, config)
    broken = Group(group.log_group, "2")
    index(search, broken, normal(number, seed=2, unacceptable=0.7), HOUR_BEFORE)
    index(search, broken, normal(number, seed=3, unacceptable=0.7), LAST_HOUR)

    first = compare(search, broken, HOUR_BEFORE, config)
    store(search, first)
    second = compare(search, broken, LAST_HOUR, config)

    assert (first.verdict, second.verdict) == (Verdict.DRIFT, Verdict.DRIFT)
    assert "compared with version 1" in second.explanation
    assert f"since {HOUR_BEFORE.start:%Y-%m-%d %H:%M} UTC" in second.explanation


def test_a_new_version_that_a_person_accepted_is_compared_with_itself(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), BEFORE)
    compare(search, group, BEFORE, config)
    changed = Group(group.log_group, "2")
    index(search, changed, normal(700, seed=2, unacceptable=0.7), HOUR_BEFORE)
    index(search, changed, normal(300, seed=3, unacceptable=0.7), LAST_HOUR)
    before = compare(search, changed, LAST_HOUR, config)
    known = list_cards(search, group.log_group)

    accept(search, next(card for card in known if card.group == changed), known)
    after = compare(search, changed, LAST_HOUR, config)

    assert (before.verdict, after.verdict) == (Verdict.DRIFT, Verdict.STABLE)


def test_a_third_version_is_compared_with_the_last_one_that_was_accepted(
    search: OpenSearch, config: Config, group: Group
) -> None:
    broken, mended = (Group(group.log_group, version) for version in ("2", "3"))
    index(search, group, normal(500), Period(NOW - 6 * HOUR, NOW - 5 * HOUR))
    compare(search, group, BEFORE, config)
    index(search, broken, normal(600, unacceptable=0.9), BEFORE)
    compare(search, broken, BEFORE, config)
    index(search, mended, normal(600, seed=3), HOUR_BEFORE)
    index(search, mended, normal(600, seed=4), LAST_HOUR)

    run = compare(search, mended, LAST_HOUR, config)

    assert run.verdict is Verdict.STABLE
    assert "compared with version 1" in run.explanation


@pytest.mark.parametrize("labels", [150, 1200])
def test_very_many_labels_are_stable_while_they_stay_and_drift_when_they_change(
    search: OpenSearch, group: Group, opensearch_url: str, labels: int
) -> None:
    config = Config(opensearch_url, reference_size=3 * labels)
    rows = [{"prediction": {"label": f"label {number % labels}"}} for number in range(3 * labels)]
    index(search, group, rows, BEFORE)
    index(search, group, rows, HOUR_BEFORE)
    index(search, group, rows[: labels // 2] * 6, LAST_HOUR)

    same = compare(search, group, HOUR_BEFORE, config)
    changed = compare(search, group, LAST_HOUR, config)

    assert signal(same, "label").verdict is Verdict.STABLE
    assert signal(changed, "label").verdict is Verdict.DRIFT


def test_several_labels_at_once_are_compared_one_by_one(search: OpenSearch, config: Config, group: Group) -> None:
    def rows(urgent: int) -> list[dict[str, Any]]:
        return [{"prediction": {"labels": ["spam", "urgent"] if n % 10 < urgent else ["spam"]}} for n in range(500)]

    index(search, group, rows(1), BEFORE)
    index(search, group, rows(6), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "labels").verdict is Verdict.DRIFT
    assert signal(run, "labels").explanation == "predictions with the label “urgent”: 10 % → 60 %"


def test_a_number_that_the_model_predicts_is_a_signal(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, [{"prediction": {"value": n % 50}} for n in range(500)], BEFORE)
    index(search, group, [{"prediction": {"value": n % 50 + 30}} for n in range(500)], LAST_HOUR)

    assert signal(compare(search, group, LAST_HOUR, config), "value").verdict is Verdict.DRIFT


def test_failed_predictions_are_drift_of_their_own_and_of_no_other_signal(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), BEFORE)
    index(search, group, [*normal(400, seed=2), *[{"shipper": {"failed": True}}] * 100], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert [f.signal for f in run.findings if f.verdict is Verdict.DRIFT] == ["failed"]
    assert run.predictions == 400


def test_lines_kept_raw_in_an_index_of_their_own_count(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(500), BEFORE)
    index(search, group, normal(300, seed=2), LAST_HOUR)
    raw = {"@timestamp": LAST_HOUR.start.isoformat(), "@log_group": group.log_group}
    raw["shipper"] = {"kept_raw": {"reason": "broken_json"}}  # type: ignore[assignment]
    helpers.bulk(search, [{"_index": f"raw-{NOW:%Y.%m.%d}", "_source": raw}] * 100, refresh=True)

    assert signal(compare(search, group, LAST_HOUR, config), "kept_raw").verdict is Verdict.DRIFT


def test_an_outage_is_reported_until_it_ends(search: OpenSearch, config: Config, group: Group) -> None:
    start = NOW - 36 * HOUR
    index(search, group, normal(30 * 100), Period(start, start + 30 * HOUR))
    for hour, number in enumerate((20, 20, 0, 0)):
        if number:
            began = start + (30 + hour) * HOUR
            index(search, group, normal(number, seed=hour), Period(began, began + HOUR))
    index(search, group, normal(200, seed=9), Period(start + 34 * HOUR, NOW))
    verdicts = []

    for hour in range(29, 36):
        run = compare(search, group, Period(start + hour * HOUR, start + (hour + 1) * HOUR), config)
        store(search, run)
        verdicts.append(signal(run, "volume").verdict)

    assert verdicts == [Verdict.STABLE, *[Verdict.DRIFT] * 4, *[Verdict.STABLE] * 2]


def test_traffic_is_counted_by_the_hour_back_from_the_end_of_the_window(search: OpenSearch, group: Group) -> None:
    end = NOW - timedelta(minutes=5)
    index(search, group, normal(72 * 60), Period(end - 72 * HOUR, end))
    reported = {"low": [Period(end - 3 * HOUR, end - 2 * HOUR)], "high": [Period(end - 30 * HOUR, end - 29 * HOUR)]}

    found = count_traffic(search, group.log_group, end, reported)

    assert found.counts == [60] * 72
    assert (found.low, found.high) == ({2}, {29})
