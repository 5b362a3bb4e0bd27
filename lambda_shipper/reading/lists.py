"""Lists under `prediction`: numbers, labels with and without scores, pairs, and lists of one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from contracts.labels import is_missing, label_of
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.names import ANSWER, LABEL, SCORE, VALUE, Meanings, folded
from lambda_shipper.reading.notations import is_printed
from lambda_shipper.reading.options import Options
from lambda_shipper.reading.scores import (
    Fields,
    number_in,
    of_best,
    of_numbers,
    of_pairs,
    parallel,
    read_scored_texts,
    tolerance_of,
    unwrap,
)

BOXES = frozenset(["box", "bbox", "xmin", "boundingbox", "mask", "start", "end"])
"""Keys of a found thing, of which a picture or a text has any number: a list of these stays a list."""
CHOSEN = frozenset(["classname", "intent"])
"""Names of a label whose classes exclude each other, whatever the scores are together (DJL, node-nlp)."""
Read = Callable[[Any], Fields]


class Pair(NamedTuple):
    """An item of a list: a label, with its score if there is one."""

    fields: Fields
    label_key: str = ""
    score_key: str = ""


def read_list(value: list[Any], options: Options, read: Read) -> Fields:
    """Return the fields of a list; `read` reads what a list of one holds. Raises `UnknownShapeError`."""
    items = [unwrap(each) for each in value if not is_missing(each)]
    if not items:
        return {"labels": []}
    pairs = [pair_of(each, options.meanings) for each in items]
    stays_list = options.list_means == "labels" or (options.list_means != "classes" and _is_list_of_labels(pairs))
    numbers = [number_in(each) for each in items]
    if len(items) < len(value) and all(number is not None and 0 <= number < 1 for number in numbers):
        raise UnknownShapeError("scores with gaps: without the missing ones the others would be those of other classes")
    if len(items) == 1 and not (stays_list and pairs[0]):
        return read(items[0])
    if None not in numbers:
        is_column = len(items) > 1 and all(isinstance(each, list) for each in value)
        return {"value": numbers} if is_column else of_numbers(numbers, options.list_means)
    if (found := _read_scored(items)) is not None:
        return found
    if all(isinstance(each, dict) and len(each) == 1 for each in items):
        joined = {key: number for each in items for key, number in each.items()}
        if len(joined) == len(items) and all(0 <= _number(each) <= 1 for each in joined.values()):
            return read(joined)
    if None not in pairs:
        known = [each for each in pairs if each is not None]
        fields = [each.fields for each in known]
        return _labels_of(fields) if stays_list else of_pairs(fields, exclusive=_are_chosen(known))
    if all(isinstance(each, dict) and number_in(each.get("value")) is not None for each in items):
        return {"value": [number_in(each["value"]) for each in items]}
    raise UnknownShapeError("a list of neither numbers nor labels; log one line for each prediction")


def pair_of(value: Any, meanings: Meanings) -> Pair | None:
    """Return a label, with its score if there is one, of a text or of an object; None of anything else.

    In a list, the `value` of a label is its score (natural), and a `name` beside a score is a label (Rasa).
    """
    if isinstance(value, str | bool):
        is_label = isinstance(value, bool) or number_in(value) is None
        if is_label and isinstance(value, str) and is_printed(value):
            raise UnknownShapeError("a list of texts that are printed objects, not JSON", "not_json")
        return Pair({"label": label_of(value)}) if is_label else None
    if not isinstance(value, dict):
        return None
    keys = meanings.keys_in(value)
    score_key = keys.get(SCORE) or keys.get(VALUE, "")
    score = number_in(unwrap(value.get(score_key)))
    label_key = label_key_in(value, keys) or keys.get(ANSWER, "")
    label = unwrap(value.get(label_key))
    if is_missing(label) or isinstance(label, list | dict) or (isinstance(label, float | int) and score is None):
        return None
    rest = {key: item for key, item in value.items() if key not in (label_key, score_key)}
    scored = {} if score is None else {"score": score}
    return Pair({**rest, "label": label_of(label)} | scored, folded(label_key[:64]), folded(score_key[:64]))


def label_key_in(value: Fields, keys: dict[str, str]) -> str:
    """Return the key of an object's label: with a score also `name` (Rasa), even beside a number of a class (YOLO)."""
    found = keys.get(LABEL, "")
    if (keys.keys() & {SCORE, VALUE}) and (not found or type(value[found]) is int):
        return next((key for key in value if folded(key[:64]) == "name" and isinstance(value[key], str)), found)
    return found


def _read_scored(items: list[Any]) -> Fields | None:
    """Read texts with numbers: one pair, the two lists of labels and scores, or the best pairs."""
    if (one := read_scored_texts(items)) is not None:
        return one
    if len(items) == 2 and all(isinstance(each, list) for each in items):
        pairs = parallel(*items) or parallel(*reversed(items))
        if pairs:
            return of_pairs(pairs)
    candidates = [read_scored_texts(each) for each in items]
    return of_best(candidates) if None not in candidates else None


def _is_list_of_labels(pairs: list[Pair | None]) -> bool:
    """Return whether these are found things, or labels that nobody scored: any number of them is an answer."""
    if None in pairs:
        return False
    found = [each for each in pairs if each is not None]
    has_boxes = all(any(folded(key[:64]) in BOXES for key in each.fields) for each in found)
    return has_boxes or all(each.label_key == LABEL and "score" not in each.fields for each in found)


def _number(value: Any) -> float:
    number = number_in(value)
    return -1 if number is None else number


def _labels_of(pairs: list[Fields]) -> Fields:
    has_scores = any(each.get("score") is not None for each in pairs)
    return {"labels": [each["label"] for each in pairs]} | ({"scores": pairs} if has_scores else {})


def _are_chosen(pairs: list[Pair]) -> bool:
    """Return whether one class is chosen of these: by their names, and by scores that are not above 1 together."""
    if any(each.score_key == VALUE for each in pairs):
        return True
    names_say_so = all(each.label_key in CHOSEN or each.score_key in ("probability", "proba", "prob") for each in pairs)
    scores = [each.fields.get("score") for each in pairs]
    known = [score for score in scores if score is not None]
    return names_say_so and len(known) == len(scores) and math.fsum(known) <= 1 + tolerance_of(len(known))
