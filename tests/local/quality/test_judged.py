"""A whole run against a real OpenSearch: what is said of predictions and actuals that were really indexed."""

import json
import random
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from opensearchpy import OpenSearch

from monitors.quality import counting
from monitors.quality import handler as handling
from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.judging import Verdict
from monitors.quality.keeping import count_states, delete_old
from monitors.quality.reference import TooFewTruthsError, find_reference, find_references, freeze
from monitors.quality.report import make_head, make_metrics, make_overview, write, write_overview
from monitors.quality.run import Run
from monitors.reporting.periods import Period, format_iso
from tests.local.quality.parts import DAY, GROUP, HOUR, NOW, Actual, deliver, predict, run_join, tell

SMALL = {"reference_size": 500, "minimum": 100}


@pytest.fixture
def config(opensearch_url: str) -> Config:
    return Config(opensearch_url, **SMALL)


def told(
    search: OpenSearch, config: Config, rows: int, accuracy: float, age: timedelta, name: str = "p", **given: Any
) -> None:
    """Make predictions at one time, of which a share is right, each with a truth."""
    generator = random.Random(name)
    predict(search, [{"prediction_id": f"{name}{number}", "at": NOW - age, **given} for number in range(rows)])
    actuals: list[Actual] = [
        (f"{name}{number}", {"label": "a" if generator.random() < accuracy else "b"}, NOW) for number in range(rows)
    ]
    deliver(search, actuals)
    run_join(search, config)


def judged(search: OpenSearch, config: Config) -> list[Run]:
    return judge_all(search, NOW, config)


def only(search: OpenSearch, config: Config) -> Run:
    (run,) = judged(search, config)
    return run


def test_predictions_without_any_truth_are_said(search: OpenSearch, config: Config) -> None:
    predict(search, [{}] * 3)

    run = only(search, config)

    assert (run.verdict, run.explanation, run.coverage) == (
        Verdict.NOT_ENOUGH_DATA,
        "none of 3 predictions has a truth",
        0.0,
    )


def test_without_truths_enough_for_a_reference_it_says_so(search: OpenSearch, config: Config) -> None:
    told(search, config, 499, 0.9, DAY)
    predict(search, [{}] * 501)

    run = only(search, config)

    assert run.verdict is Verdict.NOT_ENOUGH_DATA
    assert run.explanation == (
        "no reference yet: 499 of the 500 truths that it takes; "
        "49.9 % of 1,000 predictions have a truth, rarely a fair sample"
    )


def test_the_first_truths_become_the_reference_and_are_no_evidence_for_themselves(
    search: OpenSearch, config: Config
) -> None:
    told(search, config, 500, 0.9, DAY)

    run = only(search, config)

    assert run.reference is not None
    assert (run.reference.name, run.reference.quality.rows) == ("first 500", 500)
    assert run.explanation.startswith("0 of the 100 truths needed after the reference “first 500”; 100.0 % of 500")


@pytest.mark.parametrize(
    ("accuracy", "standing"), [(0.9, Verdict.AS_BEFORE), (0.8, Verdict.WARNING), (0.5, Verdict.WORSE)]
)
def test_what_follows_is_as_before_or_worse(
    search: OpenSearch, config: Config, accuracy: float, standing: Verdict
) -> None:
    told(search, config, 500, 0.9, 3 * DAY)
    judged(search, config)
    told(search, config, 300, accuracy, DAY, "q")

    run = only(search, config)

    assert run.verdict is (standing if accuracy != 0.8 else run.verdict)
    assert run.verdict.severity >= standing.severity
    assert run.explanation.startswith("accuracy ")


def test_a_new_version_is_held_against_the_same_reference_from_its_first_truths_on(
    search: OpenSearch, config: Config
) -> None:
    told(search, config, 500, 0.9, 3 * DAY, model={"version": "1"})
    judged(search, config)
    told(search, config, 600, 0.5, DAY, "q", model={"version": "2"})

    runs = {run.group.model_version: run for run in judged(search, config)}

    assert runs["2"].verdict is Verdict.WORSE
    assert runs["1"].verdict is Verdict.NOT_ENOUGH_DATA


def test_truths_of_older_predictions_count_in_the_window_that_is_set(search: OpenSearch, config: Config) -> None:
    late = Config(config.opensearch_url, delay_days=30, **SMALL)
    told(search, config, 500, 0.9, 33 * DAY)

    assert judged(search, Config(config.opensearch_url, delay_days=10, **SMALL)) == []
    assert only(search, late).actuals == 500


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


def test_a_reference_is_frozen_by_hand_and_stays_as_it_was(search: OpenSearch, config: Config) -> None:
    told(search, config, 200, 0.9, 3 * DAY)
    period = Period(NOW - 4 * DAY, NOW - 2 * DAY)

    first = freeze(search, GROUP, Task.CLASSIFICATION, period, "by hand", config)
    told(search, config, 100, 0.1, 3 * DAY, "late")
    second = freeze(search, GROUP, Task.CLASSIFICATION, period, "again", config)

    assert (first.revision, first.quality.rows) == (1, 200)
    assert (second.revision, second.quality.rows) == (2, 300)
    found = find_reference(search, GROUP, Task.CLASSIFICATION)
    assert found is not None
    assert found.name == "again"
    with pytest.raises(TooFewTruthsError, match="0 predictions of /aws/lambda/model from"):
        freeze(search, GROUP, Task.CLASSIFICATION, Period(NOW - 9 * DAY, NOW - 8 * DAY), "nothing", config)


def test_regression_and_labels_of_one_log_group_are_judged_each_by_itself(search: OpenSearch, config: Config) -> None:
    told(search, config, 300, 0.9, DAY)
    predict(search, [{"prediction_id": f"v{number}", "prediction": {"value": number}} for number in range(300)])
    deliver(search, [(f"v{number}", {"value": number + 1}, NOW) for number in range(300)])
    run_join(search, config)

    runs = {run.task: run for run in judged(search, config)}

    assert set(runs) == {Task.CLASSIFICATION, Task.REGRESSION}
    regression = runs[Task.REGRESSION].quality
    assert regression is not None
    assert regression.figures()["mean_absolute_error"] == 1
    assert regression.figures()["bias"] == -1


def test_a_group_with_too_many_labels_is_judged_like_all_others(
    search: OpenSearch, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(search, config, 20, 0.5, DAY, **{"@log_group": "/many"})
    told(search, config, 20, 1.0, DAY, "q")
    monkeypatch.setattr(counting, "MOST_PAIRS", 1)

    words = {run.group.log_group: run.explanation for run in judge_all(search, NOW, config)}

    assert words["/many"].startswith("no reference yet: 20 of")
    assert words[GROUP].startswith("no reference yet: 20 of")


def test_the_same_run_writes_the_same_documents(search: OpenSearch, config: Config) -> None:
    told(search, config, 600, 0.9, DAY)

    for _ in range(2):
        runs = judged(search, config)
        write(search, runs)
        write_overview(search, runs, count_states(search))

    body = {"size": 0, "aggs": {"kinds": {"terms": {"field": "kind"}}}}
    kinds = search.search(index="quality-*", body=body)["aggregations"]["kinds"]["buckets"]
    assert {each["key"]: each["doc_count"] for each in kinds} == {"run": 1, "day": 1, "now": 1, "overview": 1}
    (stored,) = search.search(index="quality-now", body={"query": {"term": {"kind": "overview"}}})["hits"]["hits"]
    assert stored["_source"]["actuals"] == {"joined": 600}
    assert stored["_source"]["coverage"] == 1.0


def test_all_groups_together_have_one_accuracy_and_coverage(search: OpenSearch, config: Config) -> None:
    told(search, config, 100, 1.0, DAY)
    told(search, config, 300, 0.0, DAY, "q", **{"@log_group": "/other"})
    predict(search, [{}] * 400)

    found = make_overview(judged(search, config), {})

    assert (found["figures"], found["coverage"]) == ({"accuracy": 0.25}, 0.5)


def test_actuals_are_deleted_with_the_day_of_their_prediction(search: OpenSearch, config: Config) -> None:
    told(search, config, 5, 1.0, 10 * DAY)
    told(search, config, 7, 1.0, DAY, "q")
    tell(search, "unknown and old", {"label": "a"}, NOW - 10 * DAY)
    tell(search, "unknown", {"label": "a"})

    assert delete_old(search, NOW, 0) == 0
    assert delete_old(search, NOW, 9) == 6
    assert count_states(search) == {"joined": 7, "waiting": 1}


class Context:
    """The part of Lambda's context that the handler reads."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@mock_aws
def test_the_handler_joins_judges_and_sends_an_event_once(
    search: OpenSearch, config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**config.to_env(), "AWS_DEFAULT_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(name, value)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(handling, "send", lambda _, entry: sent.append(json.loads(entry["Detail"])))
    told(search, config, 500, 0.9, 3 * DAY)
    handling.handler({"time": format_iso(NOW - HOUR)}, Context())
    predict(search, [{"prediction_id": f"w{number}", "at": NOW - DAY} for number in range(200)])
    deliver(search, [(f"w{number}", {"label": "b"}, NOW) for number in range(200)])

    first = handling.handler({"time": format_iso(NOW)}, Context())
    second = handling.handler({"time": format_iso(NOW + HOUR)}, Context())
    much_later = handling.handler({"time": format_iso(NOW + 7 * HOUR)}, Context())

    assert first["join"] == {"joined": 200}
    assert [each["standing"] for each in first["runs"]] == ["worse"]
    assert [each["events"] for each in (first, second, much_later)] == [1, 0, 1]
    assert [each["standing"] for each in sent] == ["worse"] * 2
    assert json.loads(capsys.readouterr().out.splitlines()[1])["events"] == 1
    names = {each["MetricName"] for each in boto3.client("cloudwatch").list_metrics()["Metrics"]}
    assert names == {"QualityJudged", "QualitySeverity", "TruthCoverage", "Accuracy"}


def test_the_metrics_name_the_worst_and_each_log_group(search: OpenSearch, config: Config) -> None:
    told(search, config, 100, 1.0, DAY)

    data = make_metrics(judged(search, config))

    assert data[0] == {"MetricName": "QualityJudged", "Value": 0}
    assert [each["MetricName"] for each in data] == ["QualityJudged", "TruthCoverage", "Accuracy"]
    assert data[1]["Dimensions"] == [{"Name": "LogGroup", "Value": GROUP}]
