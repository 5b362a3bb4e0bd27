"""Which log events are predictions: any JSON object with a `prediction` key, wherever it sits in a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from lambda_shipper.decoding import LogBatch, LogEvent
from lambda_shipper.parsing import NotJsonError, parse

OBJECT_START = re.compile(r'\{\s*["}]')
SAYS_PREDICTION = re.compile(r'"prediction\\*"')
MAX_STARTS = 16
"""How many `{` of one line are tried as the start of its object; a log prefix may hold some of its own."""


class Unreadable(NamedTuple):
    """A line that says `"prediction"` and is no JSON: kept raw, never dropped."""

    reason: str
    detail: str


class Selection:
    """The predictions of a batch, found one line at a time so that memory holds one parsed line, not all.

    Iterating gives `(event, prediction)`, or `(event, Unreadable)` for a line to keep raw; it can be done once.
    `ignored` counts the other lines, and is complete when the iteration is.
    """

    def __init__(self, batch: LogBatch) -> None:
        """Take a decoded batch; nothing is parsed yet."""
        self.batch = batch
        self.ignored = 0

    def __iter__(self) -> Iterator[tuple[LogEvent, dict[str, Any] | Unreadable]]:
        """Parse and yield; see the class."""
        if self.batch.is_control:
            self.ignored = len(self.batch.events)
            return
        for event in self.batch.events:
            line = event["message"]
            if line.startswith("{"):  # nearly every line, and nearly every one of these is a prediction
                try:
                    value = orjson.loads(line)
                except orjson.JSONDecodeError:
                    value = ()
                if "prediction" in value:
                    yield event, value
                    continue
            found = find_prediction(line)
            if found is not None:
                yield event, found
            else:
                self.ignored += 1


def select(batch: LogBatch) -> Selection:
    """Find the batch's predictions."""
    return Selection(batch)


def find_prediction(line: str) -> dict[str, Any] | Unreadable | None:
    """Give a line's prediction, `Unreadable` if it names one but cannot be read, or None. Never raises.

    The object may follow any prefix but must run to the end of the line. A line in Lambda's JSON log format is
    looked into: its `message` holds the prediction as an object or as a line of its own.
    """
    try:
        value, start = _find_object(line)
    except NotJsonError as error:
        return Unreadable("broken_json", str(error)) if SAYS_PREDICTION.search(line) else None
    if "prediction" in value:
        return value
    inner = value.get("message")
    if isinstance(inner, str) and "prediction" in inner:
        return find_prediction(inner)
    if isinstance(inner, dict) and "prediction" in inner:
        return inner
    if SAYS_PREDICTION.search(line, 0, start):  # a part of an object whose beginning is broken or cut off
        return Unreadable("broken_json", "no object that holds the whole prediction")
    return None


def _find_object(line: str) -> tuple[dict[str, Any], int]:
    """Give the first object that runs to the end of the line, and where it starts."""
    first_error: NotJsonError | None = None
    for number, brace in enumerate(OBJECT_START.finditer(line)):
        if number == MAX_STARTS:
            break
        try:
            return parse(line[brace.start() :]), brace.start()
        except NotJsonError as error:
            first_error = first_error or error
    raise first_error or NotJsonError("no object")
