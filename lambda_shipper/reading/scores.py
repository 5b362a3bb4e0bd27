"""Numbers and labels with scores: what is one number, one distribution over classes, or several labels."""

from __future__ import annotations

import math
from typing import Any

from contracts.labels import NUMBER, label_of
from lambda_shipper.reading.parsing import parse

SUM_TOLERANCE = 0.01
MOST_LEVELS = 8
"""How many lists, or texts that are JSON, may lie around a value."""
Fields = dict[str, Any]


def number_in(value: Any) -> float | int | None:
    """Return the number that a value is, or that a text holds; None if it is none."""
    if isinstance(value, str):
        text = value.strip()
        if not NUMBER.fullmatch(text):
            return None
        value = parse(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def of_numbers(numbers: list[Any]) -> Fields:
    """Read numbers: one distribution by position, or several values."""
    return of_pairs(by_position(numbers)) if is_distribution(numbers) else {"value": numbers}


def of_pairs(pairs: list[Fields]) -> Fields:
    """Read labels with their scores: one distribution, or several labels at once."""
    labels = [each["label"] for each in pairs]
    scores = [each.get("score") for each in pairs]
    if is_distribution(scores) and len(set(labels)) == len(labels):
        best = max(pairs, key=lambda each: each["score"])
        return {"label": best["label"], "score": best["score"], "scores": pairs}
    return {"labels": labels} | ({"scores": pairs} if any(score is not None for score in scores) else {})


def is_distribution(scores: list[Any]) -> bool:
    """Whether these are the probabilities of all classes: between 0 and 1, and 1 together."""
    if len(scores) < 2 or any(score is None or not 0 <= score <= 1 for score in scores):
        return False
    return abs(math.fsum(scores) - 1) <= SUM_TOLERANCE + 1e-9


def by_position(scores: list[Any]) -> list[Fields]:
    """Return numbers, or texts that are numbers, as labels with scores; a label is the position."""
    return [{"label": str(position), "score": number_in(score)} for position, score in enumerate(scores)]


def of_best(pairs: list[Any]) -> Fields:
    """Read the best classes of one prediction, such as Keras's `decode_predictions` gives them."""
    best = max(pairs, key=lambda each: each["score"])
    return {"label": best["label"], "score": best["score"], "scores": pairs}


def labelled(value: Any) -> Fields | None:
    """Return a label, with its score if there is one, of a text or of an object; None of anything else."""
    if isinstance(value, str | bool):
        return {"label": label_of(value)}
    if not isinstance(value, dict):
        return None
    label, number = unwrapped(value.get("label")), number_in(unwrapped(value.get("score")))
    if label is None or isinstance(label, list | dict):
        return None
    return {**_without_score(value), "label": label_of(label)} | ({} if number is None else {"score": number})


def scored_texts(value: Any) -> Fields | None:
    """Return label and score of one or two texts that a number follows: `["n02124075", "cat", 0.9]`; else None."""
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        return None
    *texts, score = value
    number = None if isinstance(score, str) else number_in(score)
    if number is None or not all(isinstance(each, str) for each in texts):
        return None
    return {"label": label_of(texts[-1]), "score": number}


def parallel(labels: list[Any], scores: list[Any]) -> list[Fields] | None:
    """Return the pairs of two lists of one length, such as `[["cat", "dog"], [0.9, 0.1]]`; None if they are none."""
    labels, numbers = [unwrapped(each) for each in labels], [number_in(unwrapped(each)) for each in scores]
    usable = len(labels) == len(numbers) > 0 and None not in numbers
    if not usable or not all(isinstance(each, str | bool) for each in labels):
        return None
    return [{"label": label_of(each), "score": number} for each, number in zip(labels, numbers, strict=True)]


def unwrapped(value: Any) -> Any:
    """Return the only item of a list, of a list in a list, and so on; anything else as it is."""
    for _ in range(MOST_LEVELS):
        if not isinstance(value, list) or len(value) != 1:
            break
        value = value[0]
    return value


def _without_score(value: Fields) -> Fields:
    return {key: item for key, item in value.items() if key != "score"}
