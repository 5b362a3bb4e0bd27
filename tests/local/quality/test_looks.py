"""Which rows are judged against a real OpenSearch: until when, over which looks, beside which reference."""

from datetime import timedelta

import pytest
from opensearchpy import OpenSearch

from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.judging import Verdict
from monitors.quality.reference import find_references
from monitors.quality.report import make_head, write
from monitors.reporting.periods import format_iso
from tests.local.quality.parts import DAY, GROUP, HOUR, NOW, deliver, predict, run_join
from tests.local.quality.runs import SMALL, judged, only, told


@pytest.fixture
def config(opensearch_url: str) -> Config:
    return Config(opensearch_url, **SMALL)


def test_without_a_setting_the_window_is_the_newest_one_whose_truth_has_mostly_arrived(
    search: OpenSearch, config: Config
) -> None:
    told(search, config, 500, 0.9, 33 * DAY)
    told(search, config, 300, 0.5, 12 * DAY, "late")
    predict(search, [{"at": NOW - DAY}] * 800)

    run = only(search, config)

    assert (run.actuals, run.verdict) == (300, Verdict.WORSE)
    assert NOW - 12 * DAY < run.period.end <= NOW - 11 * DAY
    assert f"of predictions until {run.period.end:%Y-%m-%d %H:%M} UTC" in run.explanation
    assert make_head(run)["@timestamp"] == format_iso(NOW)
    (again,) = judge_all(search, NOW + timedelta(microseconds=7), config)  # as now() gives it
    assert again.period == run.period


def test_truth_that_is_too_old_for_any_window_is_said(search: OpenSearch, config: Config) -> None:
    told(search, config, 300, 0.9, 120 * DAY)
    predict(search, [{}] * 200)

    run = only(search, config)

    assert "0.0 % of 200 predictions have a truth" in run.explanation
    assert "300 truths of older predictions" in run.explanation
    assert "set quality_delay_days to judge them" in run.explanation


def test_a_collapse_of_the_last_day_is_worse_and_every_figure_is_of_that_day(
    search: OpenSearch, config: Config
) -> None:
    told(search, config, 500, 0.95, 9 * DAY)
    judged(search, config)
    for day in range(2, 7):
        told(search, config, 300, 0.95, day * DAY, f"day {day} ")
    told(search, config, 300, 0.45, 5 * HOUR, "today ")

    run = only(search, config)

    assert (run.verdict, run.look, run.actuals, run.predictions) == (Verdict.WORSE, "day", 300, 300)
    accuracy = make_head(run)["figures"]["accuracy"]
    assert accuracy == pytest.approx(run.findings[0].now)
    assert accuracy < 0.55
    assert f" → {100 * accuracy:.1f} % in the last day; 100.0 % of 300 predictions" in run.explanation
    assert sum(each.support for each in run.quality.labels if run.quality) == 300


def test_as_before_is_not_said_where_the_reference_is_too_small_to_tell(search: OpenSearch, config: Config) -> None:
    tiny = Config(config.opensearch_url, reference_size=100, minimum=100)
    told(search, tiny, 100, 0.8, 3 * DAY)
    judged(search, tiny)
    told(search, tiny, 300, 0.8, DAY, "q")

    run = only(search, tiny)

    assert run.verdict is Verdict.NOT_ENOUGH_DATA
    assert run.explanation.startswith("not sure yet: the reference has 100 truths; accuracy ")


def test_the_figures_are_of_the_rows_after_the_reference_and_keep_their_was(search: OpenSearch, config: Config) -> None:
    told(search, config, 500, 0.95, 3 * DAY)
    judged(search, config)
    told(search, config, 200, 0.6, DAY, "q")

    head = make_head(only(search, config))

    assert head["truths"] == head["window"]["predictions"] == 200
    assert head["figures"]["accuracy"] == head["comparisons"][0]["now"]
    assert head["figures"].keys() == head["reference"]["figures"].keys()


def test_a_reference_grows_while_all_is_well(search: OpenSearch, config: Config) -> None:
    for day in range(20, 1, -1):
        told(search, config, 100, 0.9, day * DAY, f"day {day} ")
        judge_all(search, NOW - (day - 1) * DAY, config)

    known = find_references(search, GROUP, Task.CLASSIFICATION)

    assert [each.name for each in known] == ["first 14 days", "first 7 days", "first 500"]
    assert known[0].quality.rows == 1400
    # Only what ends before the window is compared with.
    run = only(search, config)
    assert run.reference is not None
    assert run.reference.name == "first 7 days"


def test_a_group_that_had_no_truth_at_first_stands_there_once(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": f"p{number}", "at": NOW - DAY} for number in range(50)])
    write(search, judged(search, config))
    deliver(search, [(f"p{number}", {"label": "a"}, NOW) for number in range(50)])
    run_join(search, config)

    write(search, judged(search, config))

    search.indices.refresh(index="quality-*")
    hits = search.search(index="quality-*", body={"size": 100})["hits"]["hits"]
    kinds = [(hit["_source"]["kind"], hit["_source"]["task"], hit["_source"]["coverage"]) for hit in hits]
    task = Task.CLASSIFICATION
    assert sorted(each for each in kinds if each[0] != "run") == [("day", task, 1.0), ("now", task, 1.0)]
