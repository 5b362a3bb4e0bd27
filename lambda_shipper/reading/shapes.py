"""What stands under `prediction`, brought to the names that the index has: label and score, value, or labels.

| logged | indexed |
| --- | --- |
| a text, a boolean | `label` |
| a number, a text that is one | `value` |
| a text that is JSON | what it holds |
| a text that is an object or a list of another notation | nothing: `not_json` |
| a list of one | what it holds |
| numbers that sum to 1; labels with scores that sum to 1 | the best one as `label` and `score`, all as `scores` |
| other numbers | `value`, as a list |
| other labels, with or without scores | `labels`, with all as `scores` if they have some |
| an object | its own keys, with `label`, `score`, `value`, `labels` read in this way |
"""

from __future__ import annotations

from typing import Any

from contracts.labels import label_of
from lambda_shipper.reading.notations import is_printed
from lambda_shipper.reading.parsing import NotJsonError, parse
from lambda_shipper.reading.scores import (
    MOST_LEVELS,
    Fields,
    by_position,
    is_distribution,
    labelled,
    number_in,
    of_best,
    of_numbers,
    of_pairs,
    parallel,
    scored_texts,
    unwrapped,
)

OWN = ("label", "score", "value", "labels")


class UnknownShapeError(ValueError):
    """A prediction of a shape that has no meaning here; `reason` is a word for it, the message says what is wrong."""

    def __init__(self, message: str, reason: str = "unknown_shape") -> None:
        super().__init__(message)
        self.reason = reason


def shape(prediction: Any) -> tuple[Fields, list[str]]:
    """Return the fields of a prediction, and the names of those of its own that make no sense and were left out.

    Raises `UnknownShapeError`. The same value always gives the same fields.
    """
    left_out: list[str] = []
    fields = _read(prediction, 0, left_out)
    return fields, left_out


def holds_something(fields: Fields) -> bool:
    """Whether there is a label, a value or labels in it."""
    return any(fields.get(name) is not None for name in ("label", "value", "labels"))


def _read(value: Any, level: int, left_out: list[str]) -> Fields:
    if level > MOST_LEVELS:
        raise UnknownShapeError(f"a value in more than {MOST_LEVELS} lists or texts", "too_deep")
    if value is None:
        return {}
    if isinstance(value, dict):
        return _read_object(dict(value), level, left_out)
    if isinstance(value, list):
        return _read_list(value, level, left_out)
    if isinstance(value, str):
        return _read_text(value, level, left_out)
    return {"label": label_of(value)} if isinstance(value, bool) else {"value": value}


def _read_text(value: str, level: int, left_out: list[str]) -> Fields:
    text = value.strip()
    number = number_in(text)
    if number is not None:
        return {"value": number}
    if text[:1] in ("{", "[", '"'):
        try:
            return _read(parse(text), level + 1, left_out)
        except NotJsonError:
            pass
    if is_printed(text):
        raise UnknownShapeError("a text that is an object or a list, but no JSON", "not_json")
    return {"label": label_of(text or value)}


def _read_list(value: list[Any], level: int, left_out: list[str]) -> Fields:
    items = [unwrapped(each) for each in value if each is not None]
    if not items:
        return {"labels": []}
    if len(items) == 1:
        return _read(items[0], level + 1, left_out)
    numbers = [number_in(each) for each in items]
    if None not in numbers:
        return of_numbers(numbers)
    if (one := scored_texts(items)) is not None:
        return one
    if len(items) == 2 and all(isinstance(each, list) for each in items) and (pairs := parallel(*items)):
        return of_pairs(pairs)
    candidates = [scored_texts(each) for each in items]
    if None not in candidates:
        return of_best(candidates)
    labels = [labelled(each) for each in items]
    if None not in labels:
        return of_pairs([each for each in labels if each is not None])
    if all(isinstance(each, dict) and number_in(each.get("value")) is not None for each in items):
        return {"value": [number_in(each["value"]) for each in items]}
    raise UnknownShapeError("a list of neither numbers nor labels; log one line for each prediction")


def _read_object(fields: Fields, level: int, left_out: list[str]) -> Fields:
    label, labels, score = (unwrapped(fields.get(name)) for name in ("label", "labels", "score"))
    for name, value in (("label", label), ("labels", labels), ("score", score)):
        if value is None and name in fields:
            fields[name] = None  # a list of nothing is nothing
    if isinstance(labels, str) and labels.startswith("["):
        labels = _parsed(labels)
    scores = fields.get("scores") if isinstance(fields.get("scores"), list) else score
    if label is None and isinstance(scores, list) and fields.get("labels") is None and fields.get("value") is None:
        return _without(fields, OWN) | _read(scores, level + 1, left_out)
    if isinstance(label, list) or (label is None and isinstance(fields.get("labels"), list)):
        several = label if isinstance(label, list) else fields["labels"]
        pairs = parallel(several, scores) if isinstance(scores, list) else None
        return _without(fields, OWN) | (of_pairs(pairs) if pairs else _labels_in(several, level, left_out))
    for name, value in (("label", label), ("labels", labels)):
        if isinstance(value, dict):
            left_out.append(name)
            del fields[name]
    if isinstance(labels, list):
        fields["labels"] = _labels_in(labels, level, left_out).get("labels", labels)
    elif isinstance(labels, str | int | float):
        del fields["labels"]
        label = labels if label is None else label
    if isinstance(label, str | int | float):
        fields["label"] = label_of(label)
    if score is not None:
        _read_score(fields, score, left_out)
    if fields.get("value") is not None:
        _read_value(fields, unwrapped(fields["value"]), left_out)
    return fields


def _labels_in(several: list[Any], level: int, left_out: list[str]) -> Fields:
    """Read what stands under `labels`: a list of numbers are labels there."""
    items = [unwrapped(each) for each in several if each is not None]
    if all(isinstance(each, str | int | float) for each in items):
        return {"labels": [label_of(each) for each in items]}
    return _read_list(items, level + 1, left_out)


def _read_score(fields: Fields, score: Any, left_out: list[str]) -> None:
    number = number_in(score)
    if number is None and isinstance(score, list) and is_distribution([number_in(each) for each in score]):
        fields["scores"] = by_position(score)
        number = max(each["score"] for each in fields["scores"])
    if number is None:
        left_out.append("score")
        del fields["score"]
    else:
        fields["score"] = number


def _read_value(fields: Fields, value: Any, left_out: list[str]) -> None:
    number = number_in(value)
    numbers = [number_in(each) for each in value] if isinstance(value, list) else [None]
    if number is not None:
        fields["value"] = number
    elif value and None not in numbers:
        fields["value"] = numbers
    else:
        del fields["value"]
        if isinstance(value, str | bool) and fields.get("label") is None:
            fields["label"] = label_of(value)
        else:
            left_out.append("value")


def _parsed(text: str) -> Any:
    try:
        return parse(text)
    except NotJsonError:
        return text


def _without(fields: Fields, names: tuple[str, ...]) -> Fields:
    return {key: value for key, value in fields.items() if key not in names}
