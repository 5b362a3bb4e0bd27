"""Every figure from OpenSearch's aggregations is scikit-learn's for the same rows, to 1e-9."""

from typing import Any

import numpy as np
import pytest
from opensearchpy import OpenSearch
from sklearn import metrics
from sklearn.calibration import calibration_curve

from monitors.quality import counting
from monitors.quality.breakdown import count_segments, measure_age
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import measure, of_group
from monitors.quality.groups import find_groups
from monitors.quality.looking import count_predictions
from monitors.quality.measures import LabelQuality
from monitors.quality.quality import Quality
from monitors.reporting.periods import Group, Period
from tests.local.quality.parts import DAY, GROUP, NOW, deliver, predict, run_join
from tests.quality import Row, classified, measured, tagged

LAST_DAY = Period(NOW - DAY, NOW)


def joined(search: OpenSearch, config: Config, rows: list[Row], **prediction: Any) -> None:
    ids = [f"p{number}" for number in range(len(rows))]
    predict(
        search,
        [{"prediction_id": id, "prediction": said, **prediction} for id, (_, said) in zip(ids, rows, strict=True)],
    )
    deliver(search, [(id, actual, NOW) for id, (actual, _) in zip(ids, rows, strict=True)])
    assert run_join(search, config) == {"joined": len(rows)}


def counted(search: OpenSearch, task: Task) -> Quality:
    return measure(search, of_group(GROUP, None, task, LAST_DAY), task)


def same(figures: dict[str, float], expected: dict[str, Any]) -> None:
    assert {name: figures[name] for name in expected} == pytest.approx(
        {name: float(value) for name, value in expected.items()}, rel=1e-9, abs=1e-9
    )


def test_a_classification(search: OpenSearch, config: Config) -> None:
    rows = classified(3000, [f"label {letter}" for letter in "abcdefg"], 0.7, seed=11)
    actual, said = [a["label"] for a, _ in rows], [p["label"] for _, p in rows]
    correct, scores = [int(a == b) for a, b in zip(actual, said, strict=True)], [p["score"] for _, p in rows]
    joined(search, config, rows)

    quality = counted(search, Task.CLASSIFICATION)

    assert (quality.rows, quality.correct) == (3000, sum(correct))
    labels = sorted({*actual, *said})
    matrix = metrics.confusion_matrix(actual, said, labels=labels)
    assert [[quality.confusion.get((a, b), 0) for b in labels] for a in labels] == matrix.tolist()
    accuracy, confidence = calibration_curve(correct, scores, n_bins=10)
    assert [each.accuracy for each in quality.bins] == pytest.approx(accuracy.tolist(), rel=1e-9)
    assert [each.confidence for each in quality.bins] == pytest.approx(confidence.tolist(), rel=1e-9)
    weights = np.array([each.rows for each in quality.bins]) / 3000
    same(
        quality.figures(),
        {
            "accuracy": metrics.accuracy_score(actual, said),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, said),
            "matthews_correlation": metrics.matthews_corrcoef(actual, said),
            "macro_f1": metrics.f1_score(actual, said, average="macro", zero_division=0),
            "brier_score": metrics.brier_score_loss(correct, scores, pos_label=1),
            "calibration_error": (weights * np.abs(accuracy - confidence)).sum(),
        },
    )


def test_a_regression(search: OpenSearch, config: Config) -> None:
    rows = measured(3000, 1, seed=12)
    true, said = np.array([a["value"] for a, _ in rows]), np.array([p["value"] for _, p in rows])
    joined(search, config, rows)

    quality = counted(search, Task.REGRESSION)

    assert quality.rows == 3000
    same(
        quality.figures(),
        {
            "mean_absolute_error": metrics.mean_absolute_error(true, said),
            "root_mean_squared_error": metrics.root_mean_squared_error(true, said),
            "bias": (said - true).mean(),
            "within_tolerance": (np.abs(said - true) <= config.tolerance * np.abs(true)).mean(),
        },
    )
    assert quality.errors
    assert quality.errors.absolute_squares == pytest.approx(float(((said - true) ** 2).sum()), rel=1e-9)


def test_several_labels_at_once(search: OpenSearch, config: Config) -> None:
    labels = list("abcd")
    rows = tagged(1500, labels, seed=13)
    true, said = (
        np.array([[label in side["labels"] for label in labels] for side in column]).astype(int)
        for column in zip(*rows, strict=True)
    )
    joined(search, config, rows)

    quality = counted(search, Task.MULTI_LABEL)

    expected = metrics.precision_recall_fscore_support(true, said, zero_division=0)
    assert [each.support for each in quality.labels] == expected[3].tolist()
    for name, column in zip(("precision", "recall", "f1"), expected[:3], strict=True):
        assert [getattr(each, name) for each in quality.labels] == pytest.approx(column.tolist(), rel=1e-9)
    same(
        quality.figures(),
        {
            "accuracy": metrics.accuracy_score(true, said),
            "overlap": metrics.jaccard_score(true, said, average="samples", zero_division=1),
            "macro_f1": metrics.f1_score(true, said, average="macro", zero_division=0),
        },
    )


def test_by_log_group_version_day_and_segment(search: OpenSearch, config: Config) -> None:
    def ids(start: int, rows: int, **given: Any) -> list[dict[str, Any]]:
        return [{"prediction_id": f"p{number}", **given} for number in range(start, start + rows)]

    version = {"model": {"version": "1"}}
    predict(search, ids(0, 30, **version, customer={"country": "NL"}))
    predict(search, ids(30, 20, **version, customer={"country": 'a=b "c"'}))
    predict(search, ids(50, 10, at=NOW - 2 * DAY))
    predict(search, ids(60, 5, **{"@log_group": "/other"}))
    predict(search, [{"shipper": {"failed": True}, "prediction": None}])
    deliver(search, [(f"p{number}", {"label": "a" if number % 2 else "b"}, NOW) for number in range(0, 65)])
    run_join(search, config)

    found = find_groups(search, NOW, config)
    made = {group: count_predictions(search, group, Period(NOW - 3 * DAY, NOW)) for group in found.tasks}
    by_value = count_segments(search, of_group(GROUP, "1", None, None), "customer.country")

    assert set(found.tasks.values()) == {(Task.CLASSIFICATION,)}
    assert made == {Group(GROUP, "(none)"): 10, Group(GROUP, "1"): 50, Group("/other", "(none)"): 5}
    assert [(each.value, each.rows, each.accuracy) for each in by_value] == [("NL", 30, 0.5), ('a=b "c"', 20, 0.5)]
    assert measure(search, of_group(GROUP, "(none)", Task.CLASSIFICATION, None), Task.CLASSIFICATION).rows == 10


def test_more_pairs_of_labels_than_a_page_holds_are_counted_whole(
    search: OpenSearch, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [({"label": f"a{number}"}, {"label": f"b{number}", "score": 0.5}) for number in range(100)]
    joined(search, config, rows)

    monkeypatch.setattr(counting, "PAGE", 7)
    assert len(counted(search, Task.CLASSIFICATION).confusion) == 100


def test_of_too_many_labels_the_most_frequent_ones_are_counted_one_by_one(
    search: OpenSearch, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = [({"label": f"a{number}"}, {"label": "b", "score": 0.5}) for number in range(100)]
    rows += [({"label": "b"}, {"label": "b", "score": 0.5})] * 60
    joined(search, config, rows)
    monkeypatch.setattr(counting, "MOST_PAIRS", 50)
    monkeypatch.setattr(counting, "MOST_LABELS", 10)

    found = counted(search, Task.CLASSIFICATION)

    assert (found.rows, found.correct, len(found.labels), found.other_labels) == (160, 60, 10, 91)
    assert found.labels[0] == LabelQuality("b", 60, 160, 60)
    assert found.figures().keys() == {"accuracy", "accuracy_low", "accuracy_high", "brier_score", "calibration_error"}


def test_of_no_rows_there_are_no_figures(search: OpenSearch, config: Config) -> None:
    joined(search, config, [({"label": "a"}, {"label": "a"})])

    for task in Task:
        assert measure(search, of_group("/nobody", None, task, LAST_DAY), task).figures() == {}
    assert measure_age(search, of_group("/nobody", None, None, LAST_DAY)) is None
