"""The drift comparison with a real OpenSearch: its verdicts on predictions that were really indexed."""

from datetime import timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError

from monitors.drift.all_groups import compare_all
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.references.freezing import freeze
from monitors.reporting.periods import UNVERSIONED, Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal, store


def test_without_predictions_enough_for_a_reference_it_says_so(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(499), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.NOT_ENOUGH_DATA
    assert run.explanation == "no reference yet: 499 of the 500 predictions it takes"


def test_the_first_predictions_become_the_reference_and_what_follows_is_stable(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(700), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, normal(300, seed=2), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert (run.verdict, run.predictions) == (Verdict.STABLE, 300)
    assert run.reference is not None
    assert (run.reference.name, run.reference.revision, run.reference.predictions) == ("first 500", 1, 500)


def test_a_reference_is_no_evidence_for_itself(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(500), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.NOT_ENOUGH_DATA
    assert run.explanation == "0 of the 200 predictions needed in the window"


@pytest.mark.parametrize(
    ("drift", "drifted"),
    [({"unacceptable": 0.5}, "label"), ({"length": 2.0}, "text_length")],
)
def test_drift_is_found_and_named(
    search: OpenSearch, config: Config, group: Group, drift: dict[str, float], drifted: str
) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, normal(500, seed=2, **drift), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.DRIFT
    assert signal(run, drifted).verdict is Verdict.DRIFT
    assert signal(run, drifted).explanation in run.explanation


def test_a_new_version_is_compared_with_the_one_before_and_never_called_stable_by_that(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), Period(NOW - 4 * HOUR, NOW - 3 * HOUR))
    compare(search, group, LAST_HOUR, config)
    alike, broken = (Group(group.log_group, version) for version in ("2", "3"))
    index(search, alike, normal(300, seed=2), Period(NOW - 2 * HOUR, NOW - HOUR))
    index(search, broken, normal(300, seed=3, unacceptable=1.0), LAST_HOUR)

    unchanged = compare(search, alike, Period(NOW - 2 * HOUR, NOW - HOUR), config)
    changed = compare(search, broken, LAST_HOUR, config)

    assert unchanged.verdict is Verdict.NOT_ENOUGH_DATA
    assert "compared with version 1" in unchanged.explanation
    assert changed.verdict is Verdict.DRIFT


def test_a_version_that_was_replaced_is_not_reported_any_more(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(300), Period(NOW - 4 * HOUR, NOW - 3 * HOUR))
    index(search, Group(group.log_group, "2"), normal(300), LAST_HOUR)

    runs = [run for run in compare_all(search, LAST_HOUR, config).runs if run.group.log_group == group.log_group]

    assert [run.group.model_version for run in runs] == ["2"]


def test_predictions_that_stopped_are_not_enough_data(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(500), Period(NOW - 30 * HOUR, NOW - 29 * HOUR))

    runs = [run for run in compare_all(search, LAST_HOUR, config).runs if run.group.log_group == group.log_group]

    assert [(run.verdict, run.predictions) for run in runs] == [(Verdict.NOT_ENOUGH_DATA, 0)]


def test_predictions_that_stop_after_steady_traffic_are_drift(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(28 * 60), Period(NOW - 29 * HOUR, NOW - HOUR))

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.DRIFT
    assert signal(run, "volume").explanation.startswith("0 predictions; 60 at this time of the last 1 day")


def test_predictions_without_a_model_version_are_a_group(search: OpenSearch, config: Config, group: Group) -> None:
    unversioned = Group(group.log_group, UNVERSIONED)
    index(search, unversioned, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, unversioned, normal(300, seed=2), LAST_HOUR)

    runs = [run for run in compare_all(search, LAST_HOUR, config).runs if run.group.log_group == group.log_group]

    assert [(run.group, run.verdict) for run in runs] == [(unversioned, Verdict.STABLE)]


def test_fields_that_vanish_are_drift_and_fields_that_never_were_are_not_judged(
    search: OpenSearch, config: Config, group: Group
) -> None:
    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"prediction": row["prediction"]} for row in rows]

    index(search, group, bare(normal(500)), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, [{"prediction": {"label": "acceptable"}}] * 300, LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "text_length").verdict is Verdict.NOT_ENOUGH_DATA
    assert signal(run, "score").explanation == "score missing: 0 % → 100 %"
    assert signal(run, "score").verdict is Verdict.DRIFT


def test_a_field_that_starts_to_be_logged_is_drift_of_that_field_alone(
    search: OpenSearch, group: Group, opensearch_url: str
) -> None:
    watching = Config(opensearch_url, reference_size=500, fields=("tokens",))
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    compare(search, group, Period(NOW - 2 * HOUR, NOW - HOUR), watching)
    index(search, group, [{**row, "tokens": 7} for row in normal(500, seed=2)], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, watching)

    assert [finding.signal for finding in run.findings if finding.verdict is Verdict.DRIFT] == ["tokens"]
    assert signal(run, "tokens").explanation == "share of “any” 0 % → 100 % (never in the reference)"


def test_a_label_may_be_called_any(search: OpenSearch, config: Config, group: Group) -> None:
    rows = [{"prediction": {"label": "any" if number % 3 else "none"}} for number in range(500)]
    index(search, group, rows, Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, rows, LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "label").verdict is Verdict.STABLE


def test_constant_scores_are_stable_until_they_change(search: OpenSearch, config: Config, group: Group) -> None:
    def constant(score: float) -> list[dict[str, Any]]:
        return [{"prediction": {"label": "acceptable", "score": score}}] * 500

    index(search, group, constant(0.97), Period(NOW - 4 * HOUR, NOW - 3 * HOUR))
    index(search, group, constant(0.97), Period(NOW - 2 * HOUR, NOW - HOUR))
    index(search, group, constant(0.9701), LAST_HOUR)

    same = compare(search, group, Period(NOW - 2 * HOUR, NOW - HOUR), config)
    changed = compare(search, group, LAST_HOUR, config)

    assert same.verdict is Verdict.STABLE
    assert signal(changed, "score").verdict is Verdict.DRIFT


def test_lines_kept_raw_are_drift_even_where_no_prediction_is_left(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, [{"shipper": {"kept_raw": {"reason": "broken_json", "detail": "x"}}}] * 300, LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.DRIFT
    assert signal(run, "kept_raw").explanation == "share of “kept raw” 0 % → 100 % (never in the reference)"


def test_predictions_from_the_future_are_said_to_be_a_wrong_clock(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, normal(300, seed=2), LAST_HOUR)
    index(search, group, normal(40), Period(NOW + HOUR, NOW + 2 * HOUR))

    run = compare(search, group, LAST_HOUR, config)

    assert run.verdict is Verdict.WARNING
    assert run.explanation.startswith("40 predictions with a time that is still to come")


def test_further_fields_are_watched_as_numbers_or_as_words(
    search: OpenSearch, config: Config, group: Group, opensearch_url: str
) -> None:
    wider = Config(opensearch_url, reference_size=500, fields=("latency_ms", "country.keyword"))
    rows = [{**row, "latency_ms": 10 + number % 7, "country": "de"} for number, row in enumerate(normal(500))]
    slower = [{**row, "latency_ms": 20 + number % 7, "country": "fr"} for number, row in enumerate(normal(300, seed=2))]
    index(search, group, rows, Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, slower, LAST_HOUR)

    run = compare(search, group, LAST_HOUR, wider)

    assert signal(run, "latency_ms").explanation == "share of latency_ms up to 16: 100 % → 0 %"
    assert signal(run, "country.keyword").verdict is Verdict.DRIFT


def test_an_opensearch_that_is_down_is_an_error_and_no_verdict(config: Config) -> None:
    nowhere = OpenSearch("http://127.0.0.1:9", timeout=1, max_retries=0)

    with pytest.raises(OpenSearchConnectionError):
        compare_all(nowhere, LAST_HOUR, config)


def test_after_a_change_of_the_clocks_the_mix_of_an_hour_is_told_on_one_day(
    search: OpenSearch, opensearch_url: str, group: Group
) -> None:
    """By day half of the predictions are unacceptable, and the day begins an hour later from the last two days on."""
    config = Config(opensearch_url, reference_size=500)
    midnight = NOW.replace(hour=0, minute=0, second=0)
    monday = midnight - timedelta(days=14 + midnight.weekday())
    days = [monday + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7)]
    for number, day in enumerate(days):
        for hour in range(24):
            is_open = 0 <= hour - (9 if number >= 4 else 8) < 9
            rows = normal(250, seed=100 * number + hour, unacceptable=0.6 if is_open else 0.2)
            index(search, group, rows, Period(day + hour * HOUR, day + (hour + 1) * HOUR))
    freeze(search, group, Period(days[0], days[4]), "four days", config)
    verdicts = []
    for day in days[4:]:
        run = compare(search, group, Period(day + 8 * HOUR, day + 9 * HOUR), config)
        store(search, run)
        verdicts.append(signal(run, "label").verdict)

    assert verdicts == [Verdict.DRIFT, Verdict.STABLE]
