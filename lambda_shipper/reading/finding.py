"""Finds the predictions in a text: objects with a `prediction` key, where the function said them.

They may lie under the keys of an envelope, in a list, as the JSON text that an envelope holds, with flattened keys
(`prediction.label`), as pairs, and several behind each other. An envelope's other keys fill in what the object lacks;
the object's own keys win. What a line holds twice is found once. What only quotes a prediction (`quoting`), or visibly
holds one and cannot be read, is told apart from what holds none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from lambda_shipper.reading.joining import Copies, join_pairs, with_siblings
from lambda_shipper.reading.names import OF_LOGGERS
from lambda_shipper.reading.notations import problem, strip_colours
from lambda_shipper.reading.options import DEFAULT, Options
from lambda_shipper.reading.quoting import MOST_PREFIX, is_said, trust_in
from lambda_shipper.reading.splitting import NAMED_VALUE, split
from lambda_shipper.reading.unflattening import is_flattened, unflatten, without_marks

KEY = "prediction"
MOST_LEVELS = 32
"""How deep in objects, lists and texts a prediction is looked for. What lies deeper is kept raw."""
MOST_FILLED_BYTES = 256 * 1024
"""How much an envelope may add to the predictions of one text, taken together."""
MESSAGES = frozenset(["message", "msg", "event", "@message", "short_message"])
"""Keys of a logger's message."""
SHARED = ("model", "request_id", "latency_ms")
"""The keys that many predictions of a large envelope still get."""


class Enclosed(dict[str, Any]):
    """A prediction inside an envelope, not at the line's own level: it brings no actual."""


class Said(Enclosed):
    """A prediction that a logger's message is, and not its context: no later line repeats it."""


class Unreadable(NamedTuple):
    """A text that visibly holds a prediction and cannot be read: kept raw, never dropped."""

    reason: str
    detail: str


class Contents(NamedTuple):
    """What a text holds: its predictions in order, and why it may hold more than these."""

    predictions: list[dict[str, Any]]
    unreadable: Unreadable | None = None


def find_predictions(text: str, options: Options = DEFAULT) -> Contents:
    """Return what the text holds. Never raises; takes a time in proportion to the text's length.

    `unreadable` is set where a part of the text is visibly a prediction and broken, also beside others that could be
    read; of notations other than JSON, and of what is quoted, only where no prediction was found.
    """
    if KEY not in text:
        return Contents([])
    search = _Search(options)
    return search.contents(search.in_text(text, 0))


def predictions_in(value: dict[str, Any], options: Options = DEFAULT) -> Contents:
    """Return the same for the object that the whole of a text was read as."""
    search = _Search(options)
    return search.contents(search.in_object(value, 1, is_own=True))


class _Search:
    """One search through one text, with what it met that could not be read."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.broken: Unreadable | None = None
        self.unread: Unreadable | None = None

    def contents(self, found: list[dict[str, Any]]) -> Contents:
        return Contents(found, self.broken or (None if found else self.unread))

    def in_text(self, text: str, level: int, *, is_own: bool = True) -> list[dict[str, Any]]:
        """Return the predictions of a text; those of `is_own` stand at the line's own level."""
        values, gaps, failure = split(strip_colours(text))
        found: list[dict[str, Any]] = []
        prefix, said = "", True
        for position, value in enumerate(values):
            if len(prefix) <= MOST_PREFIX:  # a longer one is no logger's, whatever follows
                prefix += gaps[position]
            is_named = not _is_prediction(value) and NAMED_VALUE.search(gaps[position][-40:]) is not None
            if is_named:
                value = {KEY: value}
                said = is_said(prefix, "", is_own=is_own, is_named=True)
            elif not position:
                said = is_said(prefix, "".join(gaps[1:]), is_own=is_own)
            inside = self.in_value(value, level + 1, is_own=is_own and not isinstance(value, str))
            if inside and not said:
                self._note_quoted("a prediction inside a longer text")
            elif said:
                found += inside
        for gap in gaps:
            reason = problem(gap)
            if reason == "broken_json":
                self.broken = self.broken or Unreadable(reason, failure or "no object that holds the whole prediction")
            elif reason:
                self.unread = self.unread or Unreadable(reason, "a prediction in a notation that is no JSON")
        return found

    def in_value(
        self, value: Any, level: int, *, is_own: bool = False, reads_texts: bool = True
    ) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            return self.in_object(value, level, is_own=is_own)
        if isinstance(value, list):
            if level > MOST_LEVELS:
                return self._too_deep(value)
            if (joined := join_pairs(value)) is not None:
                return self.in_object(joined, level)
            items = [self.in_value(each, level + 1, is_own=is_own, reads_texts=reads_texts) for each in value]
            return [each for found in items for each in found]
        if not isinstance(value, str) or KEY not in value:
            return []
        if level > MOST_LEVELS:
            return self._too_deep(value)
        if not reads_texts:
            return self._find_quoted(value, "a prediction in a text that is no logger's message")
        return self.in_text(value, level, is_own=is_own)

    def in_object(self, value: dict[str, Any], level: int, *, is_own: bool = False) -> list[dict[str, Any]]:
        if KEY not in value:
            value = join_pairs([value]) or without_marks(value)
            if KEY not in value and is_flattened(value):
                value = unflatten(value)
        if KEY in value and not _is_envelope(value[KEY]):
            return [self._take(value, is_own=is_own)]
        if level > MOST_LEVELS:
            return self._too_deep(value)
        copies = Copies()
        beside: dict[str, Any] = {}
        for key, item in value.items():
            inside = self._under(key, item, value, level + 1)
            if inside:
                copies.add(inside)
            else:
                beside[key] = item
        found = copies.kept
        if KEY in value and not found:  # only looked like an envelope
            return [self._take(value, is_own=is_own)]
        if _is_formatted_line(value, beside):
            del beside["text"]
        return fill_in(found, beside) if found and beside else found

    def _under(self, key: str, item: Any, beside: dict[str, Any], level: int) -> list[dict[str, Any]]:
        """Return the predictions under a key, if what stands there is the function's own."""
        if not isinstance(item, dict | list | str):
            return []
        trust = trust_in(key, beside, self.options.envelopes)
        if isinstance(item, str) or trust.objects:
            is_own = key in self.options.envelopes
            found = self.in_value(item, level, is_own=is_own, reads_texts=trust.texts)
            if key not in MESSAGES:
                return found
            return [Said(each) if OF_LOGGERS.isdisjoint(each) else each for each in found]
        return self._find_quoted(item, f"a prediction under the key {key[:80]}")

    def _take(self, value: dict[str, Any], *, is_own: bool) -> dict[str, Any]:
        value = with_siblings(value, self.options.meanings)
        return value if is_own else Enclosed(value)

    def _find_quoted(self, item: Any, detail: str) -> list[dict[str, Any]]:
        """Note what is quoted, if a prediction is visibly in it."""
        if _mentions(item) and _visibly_holds(item):
            self._note_quoted(detail)
        return []

    def _note_quoted(self, detail: str) -> None:
        if self.unread is None or self.unread.reason != "quoted":
            self.unread = Unreadable("quoted", detail)

    def _too_deep(self, value: Any) -> list[dict[str, Any]]:
        if _mentions(value):
            self.broken = self.broken or Unreadable("too_deep", f"a prediction below {MOST_LEVELS} levels")
        return []


def fill_in(found: list[dict[str, Any]], beside: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the predictions with an envelope's other keys; of a large envelope many predictions get `SHARED` only."""
    if len(found) > 1 and _size(beside) * len(found) > MOST_FILLED_BYTES:
        beside = {key: beside[key] for key in SHARED if key in beside}
        if _size(beside) * len(found) > MOST_FILLED_BYTES:
            return found
    return [type(each)({**beside, **each}) for each in found]


def _is_prediction(value: Any) -> bool:
    return isinstance(value, dict) and KEY in value


def _is_envelope(inner: Any) -> bool:
    """Return whether what stands under `prediction` holds predictions itself, such as a reply under this name."""
    if isinstance(inner, dict):
        return KEY in inner
    if isinstance(inner, list):
        return any(isinstance(each, dict) and KEY in each for each in inner)
    return isinstance(inner, str) and f'"{KEY}"' in inner


def _is_formatted_line(value: dict[str, Any], beside: dict[str, Any]) -> bool:
    """Return whether `text` is what a logger makes of its whole record, as loguru does, and not the model's input."""
    text, record = beside.get("text"), value.get("record")
    return isinstance(text, str) and isinstance(record, dict) and str(record.get("message", "")) in text


def _visibly_holds(item: Any) -> bool:
    """Return whether what is quoted has a prediction in it, and not only the word."""
    if isinstance(item, str):
        return problem(item) is not None
    if isinstance(item, list):
        return any(_visibly_holds(each) for each in item)
    if isinstance(item, dict):
        return KEY in item or any(_visibly_holds(each) for each in item.values())
    return False


def _mentions(value: Any) -> bool:
    """Return whether the key stands anywhere in it."""
    try:
        return KEY.encode() in orjson.dumps(value)
    except TypeError:  # deeper than orjson writes
        return True


def _size(value: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(value))
    except TypeError:
        return MOST_FILLED_BYTES + 1
