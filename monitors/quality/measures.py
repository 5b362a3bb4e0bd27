"""The measures of quality, from counts and sums alone, so that their cost does not grow with the predictions.

Each equals scikit-learn's figure for the same rows; a test holds it to 1e-9. A ratio whose denominator is zero is 0,
as scikit-learn has it with `zero_division=0`. Figures of nothing are None.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONFIDENCE_BINS = 10
EDGES = tuple(number * 0.1 for number in range(1, CONFIDENCE_BINS))
"""Between the bins of the reliability curve. As floats they are the edges of `numpy.linspace(0, 1, 11)`."""
NORMAL_95 = 1.959963984540054
"""The normal distribution's quantile for a two-sided interval of 95 %."""
Confusion = Mapping[tuple[str, str], int]
"""(actual label, predicted label) → rows."""


@dataclass(frozen=True)
class LabelQuality:
    """How one label was met."""

    label: str
    support: int
    """Rows whose actual label this is."""
    predicted: int
    correct: int

    @property
    def precision(self) -> float:
        """Share of the rows predicted as this label that are this label."""
        return divide(self.correct, self.predicted)

    @property
    def recall(self) -> float:
        """Share of the rows with this label that were predicted as such."""
        return divide(self.correct, self.support)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return divide(2 * self.correct, self.support + self.predicted)


@dataclass(frozen=True)
class ConfidenceBin:
    """The rows whose confidence lies in one tenth of [0, 1]; a value on an edge belongs to the bin below it."""

    number: int
    rows: int
    confidence_sum: float
    correct: int

    @property
    def confidence(self) -> float:
        """Mean confidence: where the model says it is."""
        return divide(self.confidence_sum, self.rows)

    @property
    def accuracy(self) -> float:
        """Share of correct predictions: where it is."""
        return divide(self.correct, self.rows)


@dataclass(frozen=True)
class Errors:
    """Sums over rows of a regression; of a row with several outputs its mean is summed."""

    rows: int
    absolute_sum: float
    absolute_squares: float
    """Sum of the squares of the rows' absolute errors. It gives their variance."""
    squared_sum: float
    signed_sum: float
    """Sum of prediction minus actual."""
    within: int
    """Rows whose error is within the tolerance."""

    @property
    def mean_absolute_error(self) -> float | None:
        """Return MAE."""
        return self.absolute_sum / self.rows if self.rows else None

    @property
    def root_mean_squared_error(self) -> float | None:
        """Return RMSE; of several outputs the root of the mean over all of them."""
        return math.sqrt(self.squared_sum / self.rows) if self.rows else None

    @property
    def bias(self) -> float | None:
        """Return the mean of prediction minus actual: above 0 the model says too much."""
        return self.signed_sum / self.rows if self.rows else None

    @property
    def within_tolerance(self) -> float | None:
        """Return the share of rows within the tolerance."""
        return self.within / self.rows if self.rows else None


def divide(part: float, whole: float) -> float:
    """Return `part / whole`, 0 of nothing."""
    return part / whole if whole else 0.0


def accuracy_interval(correct: int, rows: int) -> tuple[float, float] | None:
    """Return Wilson's interval of 95 % for an accuracy."""
    if not rows:
        return None
    share, square = correct / rows, NORMAL_95**2
    middle = (share + square / (2 * rows)) / (1 + square / rows)
    half = NORMAL_95 / (1 + square / rows) * math.sqrt(share * (1 - share) / rows + square / (4 * rows**2))
    return (0.0 if correct == 0 else middle - half), (1.0 if correct == rows else middle + half)


def count_by_label(confusion: Confusion) -> list[LabelQuality]:
    """Return the quality of each label that occurs, in the order of the labels."""
    support, predicted, correct = _sum_margins(confusion)
    labels = sorted(support.keys() | predicted.keys())
    return [
        LabelQuality(label, support.get(label, 0), predicted.get(label, 0), correct.get(label, 0)) for label in labels
    ]


def balanced_accuracy(labels: Iterable[LabelQuality]) -> float | None:
    """Return the mean recall of the labels that the actuals have."""
    recalls = [each.recall for each in labels if each.support]
    return sum(recalls) / len(recalls) if recalls else None


def macro_f1(labels: Sequence[LabelQuality]) -> float | None:
    """Return the mean F1 of all labels."""
    return sum(each.f1 for each in labels) / len(labels) if labels else None


def matthews_correlation(confusion: Confusion) -> float | None:
    """Return Matthews' correlation for any number of labels (Gorodkin 2004); 0 where one side has one label only."""
    support, predicted, correct = _sum_margins(confusion)
    rows, hits = sum(support.values()), sum(correct.values())
    if not rows:
        return None
    shared = sum(count * predicted.get(label, 0) for label, count in support.items())
    spread_actual = rows**2 - sum(count**2 for count in support.values())
    spread_predicted = rows**2 - sum(count**2 for count in predicted.values())
    if not spread_actual or not spread_predicted:
        return 0.0
    return (hits * rows - shared) / math.sqrt(spread_actual * spread_predicted)


def confidence_bin(confidence: float) -> int:
    """Return the number of the bin that a confidence from 0 to 1 belongs to."""
    return bisect_left(EDGES, confidence)


def calibration_error(bins: Iterable[ConfidenceBin]) -> float | None:
    """Return the expected calibration error: the gap between confidence and accuracy, weighted by the bins' rows."""
    filled = [each for each in bins if each.rows]
    rows = sum(each.rows for each in filled)
    return sum(each.rows * abs(each.accuracy - each.confidence) for each in filled) / rows if rows else None


def _sum_margins(confusion: Confusion) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    support: dict[str, int] = {}
    predicted: dict[str, int] = {}
    correct: dict[str, int] = {}
    for (actual, prediction), rows in confusion.items():
        support[actual] = support.get(actual, 0) + rows
        predicted[prediction] = predicted.get(prediction, 0) + rows
        if actual == prediction:
            correct[actual] = correct.get(actual, 0) + rows
    return support, predicted, correct
