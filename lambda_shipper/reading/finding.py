"""Finds the predictions in a text: objects with a `prediction` key, wherever in its JSON they sit.

They may lie under any key of an envelope, in a list, as JSON text inside a text, with flattened keys
(`prediction.label`), and several behind each other. An envelope's other keys fill in what the object lacks; the
object's own keys win. What visibly holds a prediction and cannot be read is told apart from what holds none.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import orjson

from lambda_shipper.reading.notations import problem
from lambda_shipper.reading.parsing import NotJsonError, parse, parse_at
from lambda_shipper.reading.unflattening import is_flattened, unflatten

KEY = "prediction"
VALUE_START = re.compile(r'\{\s*+["}]|\[\s*+[\[{"]|"(?:\\++"){0,8}+\s*+[\[{]')
"""Where an object may start, a list, or a string that holds JSON."""
MOST_FAILED_STARTS = 16
"""How many starts of a text are tried that turn out to be none; a log prefix may hold some of its own."""
MOST_LEVELS = 32
"""How deep in objects, lists and texts a prediction is looked for. What lies deeper is kept raw."""
MOST_FILLED_BYTES = 256 * 1024
"""How much an envelope may add to the predictions of one text, taken together."""
SHARED = ("model", "request_id", "latency_ms")
"""The keys that many predictions of a large envelope still get."""


class Unreadable(NamedTuple):
    """A text that visibly holds a prediction and cannot be read: kept raw, never dropped."""

    reason: str
    detail: str


class Contents(NamedTuple):
    """What a text holds: its predictions in order, and why it may hold more than these."""

    predictions: list[dict[str, Any]]
    unreadable: Unreadable | None = None


def find_predictions(text: str) -> Contents:
    """Return what the text holds. Never raises; takes a time in proportion to the text's length.

    `unreadable` is set where a part of the text is visibly a prediction and broken, also beside others that could be
    read; of notations other than JSON only where no prediction was found.
    """
    if KEY not in text:
        return Contents([])
    search = _Search()
    return search.contents(search.in_text(text, 0))


def predictions_in(value: dict[str, Any]) -> Contents:
    """Return the same for the object that the whole of a text was read as."""
    search = _Search()
    return search.contents(search.in_object(value, 1))


class _Search:
    """One search through one text, with what it met that could not be read."""

    def __init__(self) -> None:
        self.broken: Unreadable | None = None
        self.unread: Unreadable | None = None

    def contents(self, found: list[dict[str, Any]]) -> Contents:
        return Contents(found, self.broken or (None if found else self.unread))

    def in_text(self, text: str, level: int) -> list[dict[str, Any]]:
        values, gaps, failure = split(text)
        found = [each for value in values for each in self.in_value(value, level + 1)]
        for gap in gaps:
            reason = problem(gap)
            if reason == "broken_json":
                self.broken = self.broken or Unreadable(reason, failure or "no object that holds the whole prediction")
            elif reason:
                self.unread = self.unread or Unreadable(reason, "a prediction in a notation that is no JSON")
        return found

    def in_value(self, value: Any, level: int) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            return self.in_object(value, level)
        if isinstance(value, list):
            if level > MOST_LEVELS:
                return self._too_deep(value)
            return [each for item in value for each in self.in_value(item, level + 1)]
        if isinstance(value, str) and KEY in value:
            return self._too_deep(value) if level > MOST_LEVELS else self.in_text(value, level)
        return []

    def in_object(self, value: dict[str, Any], level: int) -> list[dict[str, Any]]:
        if KEY not in value and is_flattened(value):
            value = unflatten(value)
        if KEY in value and not _is_envelope(value[KEY]):
            return [value]
        if level > MOST_LEVELS:
            return self._too_deep(value)
        found: list[dict[str, Any]] = []
        beside: dict[str, Any] = {}
        for key, item in value.items():
            inside = self.in_value(item, level + 1)
            if inside:
                found += inside
            else:
                beside[key] = item
        if KEY in value and not found:  # only looked like an envelope
            return [value]
        return fill_in(found, beside) if found and beside else found

    def _too_deep(self, value: Any) -> list[dict[str, Any]]:
        if _mentions(value):
            self.broken = self.broken or Unreadable("too_deep", f"a prediction below {MOST_LEVELS} levels")
        return []


def split(text: str) -> tuple[list[Any], list[str], str]:
    """Return the JSON values in a text, the texts between them, and why the first one that is broken is so.

    A value counts also where something else follows it.
    """
    values: list[Any] = []
    gaps: list[str] = []
    failure, failed_starts = "", 0
    gap_start = position = 0
    while failed_starts < MOST_FAILED_STARTS and (start := VALUE_START.search(text, position)):
        at = start.start()
        try:
            value, end = _read(text, at, is_first=not values and not failed_starts)
        except NotJsonError as error:
            failure = failure or str(error)
            failed_starts += 1
            position = at + 1
            continue
        if isinstance(value, str) and KEY not in value:  # the quote was another string's end
            failed_starts += 1
            position = at + 1
            continue
        gaps.append(text[gap_start:at])
        values.append(value)
        gap_start = position = end
    gaps.append(text[gap_start:])
    return values, gaps, failure


def fill_in(found: list[dict[str, Any]], beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the predictions with an envelope's other keys; of a large envelope many predictions get `SHARED` only."""
    if len(found) > 1 and _size(beside) * len(found) > MOST_FILLED_BYTES:
        beside = {key: beside[key] for key in SHARED if key in beside}
        if _size(beside) * len(found) > MOST_FILLED_BYTES:
            return found
    return [{**beside, **each} for each in found]


def _read(text: str, start: int, *, is_first: bool) -> tuple[Any, int]:
    """Return the value and its end. Mostly it is the only one and runs to the end, which is read much faster."""
    if is_first:
        try:
            return parse(text[start:]), len(text)
        except NotJsonError:
            pass
    return parse_at(text, start)


def _is_envelope(inner: Any) -> bool:
    """Whether what stands under `prediction` holds predictions itself, such as a reply logged under this name."""
    if isinstance(inner, dict):
        return KEY in inner
    if isinstance(inner, list):
        return any(isinstance(each, dict) and KEY in each for each in inner)
    return isinstance(inner, str) and f'"{KEY}"' in inner


def _mentions(value: Any) -> bool:
    """Whether the key stands anywhere in it."""
    try:
        return KEY.encode() in orjson.dumps(value)
    except TypeError:  # deeper than orjson writes
        return True


def _size(value: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(value))
    except TypeError:
        return MOST_FILLED_BYTES + 1
