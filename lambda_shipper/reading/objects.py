"""Objects under `prediction`: what their keys mean is decided by all of them together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.labels import is_missing, label_of
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.bare import decide_answer
from lambda_shipper.reading.lists import label_key_in, pair_of
from lambda_shipper.reading.maps import (
    by_label,
    in_shares,
    labels_of_flags,
    positions_in,
    read_map,
    scores_by_class,
    with_scores_of,
)
from lambda_shipper.reading.names import ANSWER, LABEL, LABELS, OWN, SCORE, SCORES, VALUE, words
from lambda_shipper.reading.notations import is_printed
from lambda_shipper.reading.options import Options
from lambda_shipper.reading.parsing import NotJsonError, parse
from lambda_shipper.reading.replies import of_topk, rows_in, vector_in
from lambda_shipper.reading.scores import (
    Fields,
    number_in,
    of_numbers,
    of_pairs,
    parallel,
    read_printed_value,
    score_in,
    unwrap,
)

ENVELOPES = words("prediction classification result response output data payload content value c best top fields")
"""Keys under which an object with others beside it may hold the answer: adjacently tagged enums, replies."""
INPUTS = frozenset(["input", "inputs", "request", "features", "params", "headers", "event", "config", "metadata"])
"""Keys under which no answer is looked for."""
Read = Callable[[Any], Fields]


def read_object(fields: Fields, options: Options, read: Read, left_out: list[str]) -> Fields:
    """Return the fields of an object; `read` reads what lies inside. Raises `UnknownShapeError`.

    Args:
        fields: the object; it is changed.
        options: the names of labels and scores.
        read: reads a value inside the object.
        left_out: gets the names of the object's own fields that make no sense.
    """
    fields = of_topk(fields)
    keys = options.meanings.keys_in(fields)
    if label_key := label_key_in(fields, keys):
        keys[LABEL] = label_key
    if keys.get(ANSWER) or keys.get(VALUE, VALUE) != VALUE:  # a frame's row as lists of one, such as H2O's
        fields = {key: unwrap(item) for key, item in fields.items()}
    if not keys.keys() & {LABEL, VALUE, ANSWER} and not any(name in fields for name in OWN):
        if (listed := positions_in(fields)) is not None:
            return read(listed)
        if (rows := rows_in(fields)) is not None:
            return _read_rows(rows, read)
    elif (rows := rows_in(fields)) is not None and not _has_answer(fields, keys):
        return _read_rows(rows, read)
    for meaning, key in keys.items():
        if key != meaning and fields.get(meaning) is None:
            fields.pop(meaning, None)
            fields[meaning] = fields.pop(key)
    decide_answer(fields)
    if isinstance(fields.get(LABEL), dict):
        if (pair := pair_of(fields[LABEL], options.meanings)) is not None:
            fields |= {name: pair.fields[name] for name in (LABEL, SCORE) if name in pair.fields}
        elif isinstance(fields[LABEL].get("name"), str):
            fields[LABEL] = fields[LABEL]["name"]
    if not any(fields.get(name) is not None for name in OWN):
        return _read_unnamed(fields, options, read, left_out)
    if isinstance(fields.get(LABEL), str | int | float) and fields.get(SCORES) is None:
        fields = with_scores_of(fields, options.meanings)
    return _read_named(fields, options, read, left_out)


def _read_rows(rows: list[Any], read: Read) -> Fields:
    if len(rows) > 1:
        raise UnknownShapeError(f"{len(rows)} predictions inside of one; log one line for each prediction")
    return read(rows[0]) if rows else {}


def _has_answer(fields: Fields, keys: dict[str, str]) -> bool:
    """Return whether a label or value stands in the object itself, so that it is no frame."""
    return any(isinstance(fields[key], str | int | float) for key in keys.values())


def _read_unnamed(fields: Fields, options: Options, read: Read, left_out: list[str]) -> Fields:
    """Read an object without a known name: a map of classes, or something around one answer."""
    if len(fields) > 1 and all(isinstance(each, list) and len(each) == 1 for each in fields.values()):
        fields = {key: unwrap(each) for key, each in fields.items()}  # a frame's row as lists of one
    fields = in_shares(by_label(fields))
    if (found := read_map(fields, options.meanings)) is not None:
        return found.beside | found.fields()
    if (labels := labels_of_flags(fields)) is not None:
        return {LABELS: labels}
    inside = []
    for key, item in fields.items():
        may_hold = len(fields) == 1 or key.lower() in ENVELOPES
        if not may_hold or key.lower() in INPUTS or not isinstance(item, dict | list) or not item:
            continue
        noted = len(left_out)
        try:
            answer = read(item)
        except UnknownShapeError:
            del left_out[noted:]
            continue
        if any(answer.get(name) is not None for name in (LABEL, VALUE, LABELS, SCORES)):
            inside.append((key, answer))
    if len(inside) != 1:
        return fields
    ((key, answer),) = inside
    return _without(fields, (key,)) | answer


def _read_named(fields: Fields, options: Options, read: Read, left_out: list[str]) -> Fields:
    label, labels, score = (unwrap(fields.get(name)) for name in (LABEL, LABELS, SCORE))
    for name, value in ((LABEL, label), (LABELS, labels), (SCORE, score)):
        if is_missing(value) and name in fields:
            fields[name] = None  # a list of nothing is nothing
    label, labels = (None if is_missing(each) else each for each in (label, labels))
    if isinstance(labels, str) and labels.startswith("["):
        labels = _parse(labels)
    scores = vector_in(unwrap(fields[SCORES])) if isinstance(fields.get(SCORES), list | dict) else vector_in(score)
    has_answer = label is not None or fields.get(LABELS) is not None or fields.get(VALUE) is not None
    if not has_answer and (
        isinstance(scores, list) or (isinstance(scores, dict) and read_map(scores, options.meanings))
    ):
        return _without(fields, OWN) | read(scores)
    if isinstance(label, list) or (label is None and isinstance(fields.get(LABELS), list)):
        several = label if isinstance(label, list) else fields[LABELS]
        return _without(fields, OWN) | _read_several(several, scores, options, read)
    if (held := labels_of_flags(labels)) is not None:
        labels = held
    elif label is None and isinstance(labels, dict) and scores is None and read_map(labels, options.meanings):
        return _without(fields, OWN) | read(labels)
    for name, value in ((LABEL, label), (LABELS, labels)):
        if isinstance(value, dict):
            left_out.append(name)
            del fields[name]
    if isinstance(labels, list):
        fields[LABELS] = _labels_in(labels, read).get(LABELS, labels)
    elif isinstance(labels, str | int | float):
        del fields[LABELS]
        label = labels if label is None else label
    if isinstance(label, str | int | float):
        printed = read_printed_value(label.strip()) if isinstance(label, str) else None
        if printed is None and isinstance(label, str) and is_printed(label):
            raise UnknownShapeError("a label that is a printed object, not JSON", "not_json")
        fields[LABEL] = label_of(label if printed is None else printed)
    _read_scores(fields, options, left_out)
    if fields.get(VALUE) is not None:
        _read_value(fields, unwrap(fields[VALUE]), left_out)
    return fields


def _read_several(several: list[Any], scores: Any, options: Options, read: Read) -> Fields:
    """Read a list of labels with or without the list of their scores."""
    if len(several) == 1 and not isinstance(scores, list) and (pairs := parallel(several, [scores])):
        return {LABELS: [pairs[0][LABEL]], SCORES: pairs}
    pairs = parallel(several, scores) if isinstance(scores, list) else None
    if pairs:
        return of_pairs(pairs)
    if isinstance(scores, list) and len(scores) == len(several) > 1 and not any(map(is_missing, several)):
        numbers = [number_in(unwrap(each)) for each in scores]
        if None not in numbers:
            return of_numbers(numbers, options.list_means, several)
    return _labels_in(several, read)


def _labels_in(several: list[Any], read: Read) -> Fields:
    """Read what stands under `labels`: a list of numbers are labels there."""
    items = [unwrap(each) for each in several if not is_missing(each)]
    if all(isinstance(each, str | int | float) for each in items):
        return {LABELS: [label_of(each) for each in items]}
    return read(items)


def _read_scores(fields: Fields, options: Options, left_out: list[str]) -> None:
    """Read the score of a label: a number, or the scores of all classes, of which the label's own counts."""
    score = unwrap(fields.get(SCORE))
    number = score_in(score)
    for name, given in ((SCORES, vector_in(fields.get(SCORES))), (SCORE, vector_in(score))):
        if not isinstance(given, list | dict) or (number is not None and name == SCORE):
            continue
        pairs = scores_by_class(given, options.meanings)
        if pairs is None:
            continue
        fields[SCORES] = pairs
        if number is None:
            number = _score_of(fields.get(LABEL), pairs)
    if number is not None:
        fields[SCORE] = number
    elif score is not None:
        left_out.append(SCORE)
        del fields[SCORE]


def _score_of(label: Any, pairs: list[Fields]) -> float | int:
    """Return the score of a label, in whatever letter case it stands; the largest where it is not named."""
    own: list[float | int] = [each["score"] for each in pairs if str(label).lower() == each["label"].lower()]
    return own[0] if own else max(each["score"] for each in pairs)


def _read_value(fields: Fields, value: Any, left_out: list[str]) -> None:
    number = number_in(value)
    numbers = [number_in(each) for each in value] if isinstance(value, list) else [None]
    if number is not None:
        fields[VALUE] = number
    elif value and None not in numbers:
        fields[VALUE] = numbers
    else:
        del fields[VALUE]
        if isinstance(value, str | bool) and fields.get(LABEL) is None and not is_missing(value):
            fields[LABEL] = label_of(value)
        elif not is_missing(value):
            left_out.append(VALUE)


def _parse(text: str) -> Any:
    try:
        return parse(text)
    except NotJsonError:
        return text


def _without(fields: Fields, names: tuple[str, ...]) -> Fields:
    return {key: value for key, value in fields.items() if key not in names}
