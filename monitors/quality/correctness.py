"""How right one prediction was: an actual beside its prediction, value in, value out.

What is derived here for each row is all that the quality of many rows is counted and summed from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeGuard

from contracts.labels import NUMBER, as_written
from monitors.quality.measures import confidence_bin

LARGEST_ERROR = 1e100
"""The squares of larger ones cannot be summed, and CloudWatch takes no metric above 2^360."""
Fields = dict[str, Any]


class Task(StrEnum):
    """What kind of question the model answers."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    MULTI_LABEL = "multi-label"


class Reason(StrEnum):
    """Why an actual cannot be used, or has no prediction."""

    AMBIGUOUS = "ambiguous"
    """Predictions of several log groups have this id, and the actual names no log group."""
    DELETED = "prediction_deleted"
    """The prediction is older than the oldest day that is kept."""
    FAILED = "prediction_failed"
    """The request failed, so there is nothing that could be right."""
    NOT_FOUND = "not_found"
    """No prediction has this id, so far."""
    SEVERAL = "several_predictions"
    """The id names several predictions, and a person said to refuse that."""
    NO_ANSWER = "prediction_without_answer"
    """The prediction has neither label nor value nor labels."""
    OTHER_KIND = "other_kind"
    """The actual has a value where the prediction has a label, or the other way round."""
    TOO_LARGE = "too_large"
    """The error is above `LARGEST_ERROR`."""
    NOT_STORED = "not_stored"
    """OpenSearch refuses what the prediction holds, such as a score that is no number."""


class IncomparableError(ValueError):
    """An actual that cannot be held against its prediction; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def compare(
    actual: Mapping[str, Any], prediction: Mapping[str, Any] | None, tolerance: float, *, has_several: bool = False
) -> Fields:
    """Return the task, `correct` or the errors, and the confidence of one row.

    `actual` holds `label`, `labels` or `value`; `prediction` is that of the document. `tolerance` is a share of the
    actual value. The actual as it was compared is under `actual`, since a number may be meant as a label. Where the
    model `has_several` labels at once, a single label is a set of one.

    Raises:
        IncomparableError: the two have nothing to be compared.
    """
    prediction = prediction or {}
    if isinstance(prediction.get("labels"), list):
        return _labels(actual, prediction["labels"])
    if has_several and prediction.get("label") is not None:
        return _labels(actual, [prediction["label"]])
    if prediction.get("label") is not None:
        return _label(actual, prediction)
    if prediction.get("value") is not None:
        return _value(actual, prediction, tolerance)
    raise IncomparableError(Reason.NO_ANSWER)


def _label(actual: Mapping[str, Any], prediction: Mapping[str, Any]) -> Fields:
    said, label = str(prediction["label"]), actual.get("label")
    if label is None and is_number(number := actual.get("value")) and (number == int(number) or "." in said):
        label = number_as_label(number)  # a probability is no label
    if label is None:
        raise IncomparableError(Reason.OTHER_KIND)
    label = as_written(label, said)
    correct = int(label == prediction["label"])
    fields: Fields = {"task": Task.CLASSIFICATION, "actual": {"label": label}, "correct": correct}
    score = prediction.get("score")
    if is_number(score) and 0 <= score <= 1:
        fields["confidence"] = {"value": score, "bin": confidence_bin(score), "squared_gap": (score - correct) ** 2}
    return fields


def _labels(actual: Mapping[str, Any], predicted: Sequence[str]) -> Fields:
    labels = actual.get("labels")
    if labels is None and actual.get("label") is not None:
        labels = [actual["label"]]
    if labels is None:
        raise IncomparableError(Reason.OTHER_KIND)
    said, true = set(predicted), set(labels)
    union = len(said | true)
    return {
        "task": Task.MULTI_LABEL,
        "actual": {"labels": sorted(true)},
        "matched_labels": sorted(said & true),
        "correct": int(said == true),
        "overlap": len(said & true) / union if union else 1.0,
    }


def _value(actual: Mapping[str, Any], prediction: Mapping[str, Any], tolerance: float) -> Fields:
    said, true = _numbers(prediction["value"]), _numbers(actual.get("value"))
    if true is None and actual.get("label") is not None:
        true = _number_in(actual["label"])
    if said is None or true is None or len(said) != len(true):
        raise IncomparableError(Reason.OTHER_KIND)
    gaps = [a - b for a, b in zip(said, true, strict=True)]
    if not max(map(abs, gaps)) <= LARGEST_ERROR:
        raise IncomparableError(Reason.TOO_LARGE)
    absolute = math.fsum(map(abs, gaps)) / len(gaps)
    return {
        "task": Task.REGRESSION,
        "actual": {"value": true if isinstance(prediction["value"], list) else true[0]},
        "error": {
            "signed": math.fsum(gaps) / len(gaps),
            "absolute": absolute,
            "squared": math.fsum(gap * gap for gap in gaps) / len(gaps),
            "within": int(all(abs(gap) <= tolerance * abs(b) for gap, b in zip(gaps, true, strict=True))),
        },
    }


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether this is a finite number and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number_as_label(value: float) -> str:
    """Return a number as the shipper writes one that is a label: `1.0` is `1`."""
    return f"{int(value)}" if value == int(value) else str(value)


def _numbers(value: Any) -> list[float] | None:
    values = value if isinstance(value, list) else [value]
    return values if values and all(map(is_number, values)) else None


def _number_in(text: str) -> list[float] | None:
    number = float(text) if NUMBER.fullmatch(text) else math.inf
    return [number] if math.isfinite(number) else None
