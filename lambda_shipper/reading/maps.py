"""Maps of class to probability: which keys of an object are classes, and which is the best of them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from contracts.labels import label_of
from lambda_shipper.reading.names import LABEL, NOT_CLASSES, SCORE, Meanings, folded
from lambda_shipper.reading.scores import (
    ABOVE_ONE,
    Fields,
    are_exclusive,
    by_position,
    number_in,
    of_best,
    score_in,
    tolerance_of,
    unwrap,
)

ODD_ONE_OFF = 0.05
"""How far the sum must be from 1 with a key, and close to it without, so that this key is no class."""
ODD_TOLERANCE = 2e-5
"""Small, so that independent scores do not end there by chance."""
MOST_REMEMBERED = 256

usual: dict[tuple[str, ...], list[str]] = {}
"""The labels of maps that were read, by their keys. Most models have one set of classes, so a look spares the rest."""


class ClassMap(NamedTuple):
    """An object read as classes with scores."""

    pairs: list[Fields]
    beside: Fields
    """Its other keys."""

    def fields(self) -> Fields:
        """Return the best class and all of them; the scores alone where they do not exclude each other."""
        found = of_best(self.pairs)
        return found if are_exclusive([each["score"] for each in self.pairs]) else {"scores": self.pairs}


def fields_of_usual(prediction: dict[str, Any]) -> Fields | None:
    """Return what `ClassMap.fields` would, for a map with keys that were read before; None if it is not that plain."""
    labels = usual.get(tuple(prediction))
    if labels is None:
        return None
    scores = list(prediction.values())
    try:
        total, best, least = sum(scores), max(scores), min(scores)
    except TypeError:
        return None
    if not (-0.01 <= total - 1 <= 0.01 and least >= 0 and set(map(type, scores)) == {float}):
        return None
    pairs = [{"label": label, "score": score} for label, score in zip(labels, scores, strict=True)]
    return {"label": labels[scores.index(best)], "score": best, "scores": pairs}


def read_map(value: dict[str, Any], meanings: Meanings) -> ClassMap | None:
    """Return an object's classes with their scores, and its other keys; None where it is not such a map."""
    scores: dict[str, float | int] = {}
    beside: Fields = {}
    for key, item in value.items():
        number = _score_in(item, meanings)
        if number is None or not 0 <= number <= ABOVE_ONE or folded(key[:64]) in NOT_CLASSES:
            beside[key] = item
        else:
            scores[key] = number
    if len(scores) < 2:
        return None
    if (odd := _odd_one(scores)) is not None:
        beside[odd] = value[odd]
        del scores[odd]
    is_whole = abs(math.fsum(scores.values()) - 1) <= tolerance_of(len(scores))
    strange = [key for key in beside if key != odd and folded(key[:64]) not in NOT_CLASSES]
    if not is_whole and (strange or not any(isinstance(each, float) for each in scores.values())):
        return None
    if strange and all(each in (0, 1) for each in scores.values()):  # counts and weights of some object, such as Weka's
        return None
    labels = [label_of(key) for key in scores]
    pairs: list[Fields] = [
        {"label": label, "score": number} for label, number in zip(labels, scores.values(), strict=True)
    ]
    if not beside and len(usual) < MOST_REMEMBERED:
        usual[tuple(scores)] = labels
    return ClassMap(pairs, beside)


def with_scores_of(fields: Fields, meanings: Meanings) -> Fields:
    """Return the fields of a label beside a map of all classes, such as H2O's `predict`, `p0`, `p1`.

    The map is kept as `scores` where the label is one of its classes.
    """
    label = label_of(fields["label"])
    own = {"label", "score", "scores", "value", "labels"}
    rest = {key: item for key, item in fields.items() if key not in own}
    found = read_map(rest, meanings)
    if found is None or found.fields().get("label") is None:
        return fields
    labels = [each["label"] for each in found.pairs]
    if label not in labels and f"p{label}" in labels:  # H2O names the class 0 `p0`
        for each in found.pairs:
            each["label"] = label_of(each["label"].removeprefix("p"))
        labels = [each["label"] for each in found.pairs]
    if label not in labels:
        return fields
    kept = {key: item for key, item in fields.items() if key in own or key in found.beside}
    return {"scores": found.pairs, "score": found.pairs[labels.index(label)]["score"], **kept}


def by_label(value: dict[str, Any]) -> dict[str, Any]:
    """Return a map of score to labels, as OpenNLP's sorted map is, as one of label to score; any other as it is."""
    labels = [each if isinstance(each, list) else [each] for each in value.values()]
    if not all("." in key and number_in(key) is not None for key in value):
        return value
    if not all(isinstance(each, str) for several in labels for each in several):
        return value
    return {each: number_in(key) for key, several in zip(value, labels, strict=True) for each in several}


def in_shares(value: dict[str, Any]) -> dict[str, Any]:
    """Return a map of class to percent with shares of 1; any other as it is."""
    numbers = list(value.values())
    if len(numbers) < 2 or not all(type(each) is float and 0 <= each <= 100 for each in numbers):
        return value
    if abs(math.fsum(numbers) - 100) > 100 * tolerance_of(len(numbers)):
        return value
    return {key: number / 100 for key, number in value.items()}


def labels_of_flags(value: Any) -> list[str] | None:
    """Return the classes that hold in `{"hate": false, "violence": true}`; None of anything else."""
    if not isinstance(value, dict) or len(value) < 2 or not all(isinstance(each, bool) for each in value.values()):
        return None
    return [label_of(key) for key, holds in value.items() if holds]


def positions_in(value: dict[str, Any]) -> list[Any] | None:
    """Return the list that `{"0": …, "1": …}` is, as JavaScript writes a typed array; None of any other object."""
    if not value or next(iter(value)) != "0" or list(value) != [str(number) for number in range(len(value))]:
        return None
    return list(value.values())


def scores_by_class(scores: Any, meanings: Meanings) -> list[Fields] | None:
    """Return the pairs of all classes in a map or a list of numbers; None if there are none."""
    scores = unwrap(scores)
    if isinstance(scores, dict):
        if (listed := positions_in(scores)) is not None:
            scores = listed
        else:
            found = read_map(scores, meanings)
            return found.pairs if found and not found.beside else None
    if isinstance(scores, list) and len(scores) > 1 and all(number_in(each) is not None for each in scores):
        return by_position(scores)
    return None


def _score_in(item: Any, meanings: Meanings) -> float | int | None:
    """Return a number, also of an object with a score and at most the label: `{"greet": {"score": 0.9}}`."""
    if isinstance(item, dict):
        keys = meanings.keys_in(item) if len(item) <= 2 else {}
        if SCORE not in keys or len(keys) != len(item) or not keys.keys() <= {LABEL, SCORE}:
            return None
        item = item[keys[SCORE]]
    return score_in(item)


def _odd_one(scores: dict[str, float | int]) -> str | None:
    """Return the one key without which the others are 1 together, where they are not with it."""
    total = math.fsum(scores.values())
    if len(scores) < 3 or total - 1 <= ODD_ONE_OFF:
        return None
    near = [key for key, number in scores.items() if abs(total - number - 1) <= ODD_TOLERANCE]
    return near[0] if len(near) == 1 else None
