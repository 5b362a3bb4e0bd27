"""A whole run against a real OpenSearch: what is said of predictions and actuals that were really indexed."""

import json
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
from monitors.quality.reference import TooFewTruthsError, find_reference, freeze
from monitors.quality.report import make_metrics, make_overview, write, write_overview
from monitors.reporting.periods import Period, format_iso
from tests.local.quality.parts import DAY, GROUP, HOUR, NOW, deliver, predict, run_join, tell
from tests.local.quality.runs import SMALL, judged, only, told


@pytest.fixture
def config(opensearch_url: str) -> Config:
    return Config(opensearch_url, **SMALL)


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
