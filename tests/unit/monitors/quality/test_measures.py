"""Every figure is scikit-learn's for the same rows, to 1e-9, and every count exactly."""

import csv
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from inference_lambda.model import Model
from monitors.quality.measures import (
    CONFIDENCE_BINS,
    LabelQuality,
    accuracy_interval,
    balanced_accuracy,
    calibration_error,
    confidence_bin,
    count_by_label,
    macro_f1,
    matthews_correlation,
)
from tests.quality import (
    TOLERANCE,
    Row,
    bins,
    classified,
    compared,
    confusion,
    errors,
    label_counts,
    measured,
    tagged,
)

ROOT = Path(__file__).resolve().parents[4]
EXACTLY = 1e-9
TRUTH = {"plain": "acceptable", "ungrammatical": "unacceptable"}
"""What the kind of a sentence of the demo says of it."""
CLASSIFIERS = {
    "two labels": classified(3000, ["ham", "spam"], 0.9, 1),
    "seven labels, one of them never predicted": classified(3000, list("abcdefg"), 0.6, 2),
    "one label": classified(40, ["only"], 1.0, 3),
    "always wrong": [({"label": "a"}, {"label": "b", "score": 0.5})] * 10,
    "a single row": [({"label": "a"}, {"label": "a", "score": 1.0})],
}


def same(value: float | None, expected: Any) -> None:
    assert value == pytest.approx(float(expected), rel=EXACTLY, abs=EXACTLY)


@pytest.fixture(params=CLASSIFIERS.values(), ids=CLASSIFIERS.keys())
def rows(request: pytest.FixtureRequest) -> list[Row]:
    return request.param


def sides(rows: list[Row]) -> tuple[list[str], list[str]]:
    return [actual["label"] for actual, _ in rows], [prediction["label"] for _, prediction in rows]


def test_accuracy_and_its_interval(rows: list[Row]) -> None:
    fields = compared(rows)
    correct = sum(each["correct"] for each in fields)

    interval = accuracy_interval(correct, len(rows))

    same(correct / len(rows), metrics.accuracy_score(*sides(rows)))
    expected = binomtest(correct, len(rows)).proportion_ci(method="wilson")
    assert interval is not None
    same(interval[0], expected.low)
    same(interval[1], expected.high)


def test_precision_recall_f1_and_support_of_each_label(rows: list[Row]) -> None:
    actual, predicted = sides(rows)
    labels = sorted({*actual, *predicted})

    found = count_by_label(confusion(rows))

    expected = metrics.precision_recall_fscore_support(actual, predicted, labels=labels, zero_division=0)
    assert [each.label for each in found] == labels
    assert [each.support for each in found] == list(expected[3])
    for each, precision, recall, f1 in zip(found, *expected[:3], strict=True):
        same(each.precision, precision)
        same(each.recall, recall)
        same(each.f1, f1)


def test_balanced_accuracy_macro_f1_and_matthews_correlation(rows: list[Row]) -> None:
    actual, predicted = sides(rows)

    found = count_by_label(confusion(rows))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of labels that only the predictions have
        same(balanced_accuracy(found), metrics.balanced_accuracy_score(actual, predicted))
        same(matthews_correlation(confusion(rows)), metrics.matthews_corrcoef(actual, predicted))
    same(macro_f1(found), metrics.f1_score(actual, predicted, average="macro", zero_division=0))


def test_the_confusion_matrix_is_counted_exactly(rows: list[Row]) -> None:
    actual, predicted = sides(rows)
    labels = sorted({*actual, *predicted})

    found = confusion(rows)

    matrix = metrics.confusion_matrix(actual, predicted, labels=labels)
    assert [[found.get((a, b), 0) for b in labels] for a in labels] == matrix.tolist()


def test_brier_score_reliability_curve_and_calibration_error(rows: list[Row]) -> None:
    fields = compared(rows)
    correct = np.array([each["correct"] for each in fields])
    scores = np.array([prediction["score"] for _, prediction in rows])

    found = bins(fields)

    same(
        sum(each["confidence"]["squared_gap"] for each in fields) / len(fields),
        metrics.brier_score_loss(correct, scores, pos_label=1),
    )
    curve = calibration_curve(correct, scores, n_bins=CONFIDENCE_BINS)
    filled = [each for each in found if each.rows]
    assert len(filled) == len(curve[0])
    for each, accuracy, confidence in zip(filled, *curve, strict=True):
        same(each.accuracy, accuracy)
        same(each.confidence, confidence)
    weights = np.array([each.rows for each in filled]) / len(rows)
    same(calibration_error(found), (weights * np.abs(curve[0] - curve[1])).sum())


def test_a_confidence_on_an_edge_is_in_the_bin_that_scikit_learn_puts_it_in() -> None:
    edges = np.linspace(0, 1, CONFIDENCE_BINS + 1)
    values = [float(near) for edge in edges for near in (np.nextafter(edge, 0), edge, np.nextafter(edge, 1))]

    assert [confidence_bin(value) for value in values] == np.searchsorted(edges[1:-1], values).tolist()


def test_the_brier_score_of_two_labels_is_the_one_of_either_label() -> None:
    rows = [
        (actual, {**prediction, "score": max(prediction["score"], 1 - prediction["score"])})
        for actual, prediction in CLASSIFIERS["two labels"]
    ]

    gaps = [each["confidence"]["squared_gap"] for each in compared(rows)]

    said = [p["score"] if p["label"] == "spam" else 1 - p["score"] for _, p in rows]
    same(sum(gaps) / len(gaps), metrics.brier_score_loss([a["label"] == "spam" for a, _ in rows], said))


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_errors_of_a_regression(outputs: int) -> None:
    rows = measured(2000, outputs, seed=5)
    true, said = ([side["value"] for side in column] for column in zip(*rows, strict=True))

    found = errors(compared(rows))

    same(found.mean_absolute_error, metrics.mean_absolute_error(true, said))
    # The root of the mean over all outputs; scikit-learn's own function takes the mean of the outputs' roots.
    same(found.root_mean_squared_error, math.sqrt(metrics.mean_squared_error(true, said)))
    if outputs == 1:
        same(found.root_mean_squared_error, metrics.root_mean_squared_error(true, said))
    same(found.bias, np.mean(np.array(said) - np.array(true)))
    near = np.abs(np.array(said) - np.array(true)) <= TOLERANCE * np.abs(np.array(true))
    assert found.within == int((near if near.ndim == 1 else near.all(axis=1)).sum())


def test_several_labels_at_once() -> None:
    labels = list("abcd")
    rows = tagged(2000, labels, seed=7)
    true, said = (
        np.array([[label in side["labels"] for label in labels] for side in column]).astype(int)
        for column in zip(*rows, strict=True)
    )

    fields = compared(rows)
    found = label_counts(fields, rows)

    expected = metrics.precision_recall_fscore_support(true, said, zero_division=0)
    assert [each.support for each in found] == list(expected[3])
    for each, precision, recall, f1 in zip(found, *expected[:3], strict=True):
        same(each.precision, precision)
        same(each.recall, recall)
        same(each.f1, f1)
    same(sum(each["correct"] for each in fields) / len(rows), metrics.accuracy_score(true, said))
    jaccard = metrics.jaccard_score(true, said, average="samples", zero_division=1)
    same(sum(each["overlap"] for each in fields) / len(rows), jaccard)


def test_of_nothing_there_is_no_figure() -> None:
    assert accuracy_interval(0, 0) is None
    assert balanced_accuracy([]) is None
    assert macro_f1([]) is None
    assert matthews_correlation({}) is None
    assert calibration_error([]) is None
    assert errors([]).mean_absolute_error is errors([]).root_mean_squared_error is errors([]).bias is None
    assert errors([]).within_tolerance is None
    assert LabelQuality("a", 0, 0, 0).precision == 0


def test_real_predictions_of_the_packaged_model_are_measured_as_scikit_learn_does() -> None:
    with (ROOT / "predmon/local/sentences.csv").open(newline="") as file:
        labelled = [row for row in csv.DictReader(file) if row["kind"] in TRUTH]
    model = Model(ROOT / "inference_lambda/model", name="cola-minilm")
    rows: list[Row] = []
    for row in labelled:
        answer = model.classify(row["sentence"])
        rows.append(({"label": TRUTH[row["kind"]]}, {"label": answer.label, "score": answer.score}))

    test_accuracy_and_its_interval(rows)
    test_precision_recall_f1_and_support_of_each_label(rows)
    test_balanced_accuracy_macro_f1_and_matthews_correlation(rows)
    test_brier_score_reliability_curve_and_calibration_error(rows)
    assert len(rows) > 250
