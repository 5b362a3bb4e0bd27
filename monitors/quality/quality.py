"""The quality of some rows: what was counted of them, the figures that follow, and the form in which it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from monitors.quality.correctness import Task
from monitors.quality.measures import (
    ConfidenceBin,
    Confusion,
    Errors,
    LabelQuality,
    accuracy_interval,
    balanced_accuracy,
    calibration_error,
    macro_f1,
    matthews_correlation,
)
from monitors.quality.testing import Mean

Figures = dict[str, float]


@dataclass(frozen=True)
class Quality:
    """Counts and sums over rows of one task. What the task does not have is empty."""

    task: Task
    rows: int
    correct: int = 0
    labels: tuple[LabelQuality, ...] = ()
    confusion: Confusion = field(default_factory=dict)
    bins: tuple[ConfidenceBin, ...] = ()
    squared_gaps: float = 0.0
    """Sum over the rows with a confidence of (confidence - correct)²."""
    errors: Errors | None = None
    overlap: Mean | None = None
    """Shared labels over all labels of a row, where rows have several."""
    other_labels: int = 0
    """How many further labels there are, about. `labels` then holds the most frequent ones only."""
    stored: Figures = field(default_factory=dict, compare=False)
    """The figures of a quality that was read back, since not everything they are made of is stored."""

    @property
    def accuracy(self) -> float | None:
        """Return the share of rows that are right; where rows have several labels, of those with exactly these."""
        return self.correct / self.rows if self.rows and self.task is not Task.REGRESSION else None

    def mean(self) -> Mean:
        """Return what is judged first: the share of right rows, the mean overlap, or the mean absolute error."""
        if self.errors:
            return Mean(self.errors.rows, self.errors.absolute_sum, self.errors.absolute_squares)
        return self.overlap or Mean(self.rows, self.correct, self.correct)

    def figures(self) -> Figures:
        """Return every figure that these rows have, by the name under which it is stored."""
        if self.stored:
            return dict(self.stored)
        found = self._errors() if self.errors else self._accuracies()
        return {name: float(value) for name, value in found.items() if value is not None}

    def _accuracies(self) -> dict[str, float | None]:
        low, high = accuracy_interval(self.correct, self.rows) or (None, None)
        found: dict[str, float | None] = {
            "accuracy": self.accuracy,
            "accuracy_low": low,
            "accuracy_high": high,
            "macro_f1": None if self.other_labels else macro_f1(self.labels),
        }
        if self.overlap and self.overlap.rows:
            found["overlap"] = self.overlap.value
        if self.task is Task.CLASSIFICATION:
            if not self.other_labels:
                found["balanced_accuracy"] = balanced_accuracy(self.labels)
                found["matthews_correlation"] = matthews_correlation(self.confusion)
            rows = sum(each.rows for each in self.bins)
            found["brier_score"] = self.squared_gaps / rows if rows else None
            found["calibration_error"] = calibration_error(self.bins)
        return found

    def _errors(self) -> dict[str, float | None]:
        assert self.errors
        return {
            "mean_absolute_error": self.errors.mean_absolute_error,
            "root_mean_squared_error": self.errors.root_mean_squared_error,
            "bias": self.errors.bias,
            "within_tolerance": self.errors.within_tolerance,
        }

    def to_json(self) -> dict[str, Any]:
        """Return what a later comparison needs. Labels are a list, so that none becomes a field of the index."""
        return {
            "task": self.task,
            "rows": self.rows,
            "correct": self.correct,
            "labels": [asdict(each) for each in self.labels],
            "errors": asdict(self.errors) if self.errors else None,
            "overlap": asdict(self.overlap) if self.overlap else None,
            "figures": self.figures(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` was made of; of the confusion matrix and the confidence only the figures."""
        return cls(
            task=Task(stored["task"]),
            rows=stored["rows"],
            correct=stored["correct"],
            labels=tuple(LabelQuality(**each) for each in stored["labels"]),
            errors=Errors(**stored["errors"]) if stored["errors"] else None,
            overlap=Mean(**stored["overlap"]) if stored["overlap"] else None,
            stored=dict(stored.get("figures", {})),
        )
