"""What one line holds in pieces or several times: pairs that are one object, copies that are one prediction."""

from __future__ import annotations

from typing import Any

import orjson

from lambda_shipper.reading.names import ANSWER, LABEL, LABELS, SCORE, SCORES, Meanings

KEY = "prediction"
MOST_COPIES = 16
"""How many predictions are compared with one to find its copy."""
MOST_COMPARED = 1000
ANSWER_KEY = "predict"
"""A name for a bare prediction that leaves open whether it is a label or a value."""
OTEL_VALUES = ("stringValue", "doubleValue", "intValue", "boolValue")


def join_pairs(items: list[Any]) -> dict[str, Any] | None:
    """Return the object that a list of its pairs is, where it holds a prediction; None of any other list.

    Logback writes SLF4J's pairs as `[{"text": …}, {"prediction": …}]`, OpenTelemetry its attributes as
    `[{"key": "prediction", "value": {"stringValue": …}}]`.
    """
    joined: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, dict) or len(item) not in (1, 2):
            return None
        if item.keys() == {"key", "value"} and isinstance(item["key"], str):
            key, value = item["key"], plain(item["value"])
        elif len(item) == 1:
            ((key, value),) = item.items()
        else:
            return None
        if key in joined:
            return None
        joined[key] = value
    is_pair = any(key == KEY or key.startswith(KEY + ".") for key in joined)
    return joined if is_pair and (len(joined) > 1 or items[0].keys() == {"key", "value"}) else None


def plain(value: Any, level: int = 0) -> Any:
    """Return the value of an attribute as OpenTelemetry's JSON encoding (OTLP) has it; others stay as they are."""
    if not isinstance(value, dict) or len(value) != 1 or level > 8:
        return value
    ((kind, inner),) = value.items()
    if kind in OTEL_VALUES:
        return inner
    if kind == "arrayValue" and isinstance(inner, dict):
        return [plain(each, level + 1) for each in inner.get("values") or []]
    if kind == "kvlistValue" and isinstance(inner, dict):
        pairs = [each for each in inner.get("values") or [] if isinstance(each, dict)]
        return {str(each.get("key")): plain(each.get("value"), level + 1) for each in pairs}
    return value


class Copies:
    """The predictions of the parts of one object, each once.

    A copy has the same prediction and contradicts no text and no id. Two equal ones in one part are two predictions.
    """

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self._places: dict[bytes, list[int]] = {}

    def add(self, part: list[dict[str, Any]]) -> None:
        """Take the predictions of one more part; a copy fills in what the one before it lacks."""
        if not self.kept:
            self.kept = list(part)
            return
        if not self._places:
            self._note(range(len(self.kept)))
        start, matched = len(self.kept), set()
        for each in part:
            places = self._places.get(_pack(each[KEY]), [])[:MOST_COPIES]
            match = next((at for at in places if at not in matched and _agree(self.kept[at], each)), None)
            if match is None:
                self.kept.append(each)
            else:
                matched.add(match)
                self.kept[match] = type(self.kept[match])({**each, **self.kept[match]})
        self._note(range(start, len(self.kept)))

    def _note(self, positions: range) -> None:
        for at in positions:
            self._places.setdefault(_pack(self.kept[at][KEY]), []).append(at)


def with_siblings(value: dict[str, Any], meanings: Meanings) -> dict[str, Any]:
    """Return an object whose `prediction` has taken the label, scores or score that stand beside it.

    `{"prediction": "plumbing", "score": 0.91}` says the same as `{"prediction": {"label": "plumbing", "score": 0.91}}`.
    Nothing is taken that the prediction has itself; the keys beside it stay.
    """
    said = value[KEY]
    if isinstance(said, dict) and ("score" in said or not said):
        return value
    beside = {key: item for key, item in value.items() if key != KEY and item is not None}
    keys = meanings.keys_in(beside)
    scores = {name: beside[keys[name]] for name in (SCORE, SCORES) if name in keys}
    if isinstance(said, dict):
        own = meanings.keys_in(said)
        if not own.keys() & {LABEL, LABELS, ANSWER} or own.keys() & {SCORE, SCORES}:
            return value
        taken = {name: item for name, item in scores.items() if _is_scores(item)}
        return {**value, KEY: {**said, **taken}} if taken else value
    return _with_bare(value, said, beside, keys, scores)


def _with_bare(
    value: dict[str, Any], said: Any, beside: dict[str, Any], keys: dict[str, str], scores: dict[str, Any]
) -> dict[str, Any]:
    """Return the object whose `prediction` is a text, a number, a boolean or a list, with what stands beside it."""
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    if isinstance(said, list) and LABELS in keys and isinstance(beside[keys[LABELS]], list):
        names = beside[keys[LABELS]]
        return {**value, KEY: {"labels": names, "scores": said}} if len(names) == len(said) > 1 else value
    if is_number and LABEL in keys and isinstance(beside[keys[LABEL]], str) and 0 <= said <= 1:
        return {**value, KEY: {"label": beside[keys[LABEL]], "score": said}}
    usable = {name: item for name, item in scores.items() if _is_scores(item)}
    if not usable or not isinstance(said, str | bool | int | float):
        return value
    if is_number and said != int(said):
        return value
    return {**value, KEY: {ANSWER_KEY: said, **usable}}


def _is_scores(item: Any) -> bool:
    if isinstance(item, str):
        return item[:1].isdigit() or item.startswith(("np.", "tensor(", "["))
    if isinstance(item, bool):
        return False
    return isinstance(item, list | dict) or (isinstance(item, int | float) and 0 <= item <= 1)


def _agree(one: dict[str, Any], other: dict[str, Any]) -> bool:
    ids = ("text", "prediction_id", "request_id", "actual")
    return all(one.get(key) is None or other.get(key) is None or one[key] == other[key] for key in ids)


def _pack(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # nested too deep
        return repr(value)[:MOST_COMPARED].encode("utf-8", "replace")
