"""From a batch's log events to the lines of bulk requests: the action and the document.

A document is the logged object plus `@id @timestamp @message @owner @log_group @log_stream`, as the CloudWatch
console's own function writes it, plus `shipper` with what is derived here. A user's own key of one of these names
gives way (`@message` still holds it). `_id` is the log event's id, with a suffix from the second prediction of an event
on, and the index its UTC day, so that delivering an event again, at any time, writes the same documents; what loggers
repeat has an `_id` of its own (`repeats`). What is kept, and in which form, is decision 7.

`ordinary.write_ordinary` writes the lines that nearly all are in a tenth of the time; the rest is here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from lambda_shipper.config import Config
from lambda_shipper.documents.chunks import ORDINARY, Chunk, Mark
from lambda_shipper.documents.ordinary import Send, write_ordinary
from lambda_shipper.documents.origin import Clock, hide
from lambda_shipper.documents.preparing import derive, prepare
from lambda_shipper.documents.rawforms import raw_lines
from lambda_shipper.documents.repeats import Repeatable, contents_by_group, identity_of, repeatable, version_of
from lambda_shipper.domain.indices import Indices
from lambda_shipper.domain.keys import Sieve
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.decoding import MAX_TIMESTAMP_MS, LogBatch, LogEvent
from lambda_shipper.reading.finding import Contents, Enclosed, find_predictions, predictions_in
from lambda_shipper.reading.options import options_for
from lambda_shipper.reading.rows import with_rows
from lambda_shipper.reading.truths import action_lines, brought_truth, find_logged_identity, is_alone, lines_of_actual

NEWLINE = orjson.OPT_APPEND_NEWLINE
DAY_MS = 86_400_000
MOST_REPEATED_BYTES = 256 * 1024
"""How much `@message` may take in all documents of one event; beyond that, each but the first holds its own object."""
OF_ACTUAL = Mark(is_actual=True)
QUOTED_ACTUAL = "an actual counts at the line's own level only"
Lines = tuple[bytes, Mark]
AddFields = Callable[[str, str, Counter[tuple[str, str]]], None]
"""Takes an index's name, a log group, and how many lines want which path with which kind of value."""


class Found(NamedTuple):
    """A log event with what was found in it, and the predictions of it that a logger may repeat, by position."""

    event: LogEvent
    contents: Contents
    repeatable: dict[int, Repeatable]
    is_ordinary: bool
    """Whether its object needs no preparation, as `ordinary` saw."""


class Documents:
    """Makes the documents of one batch, under one configuration."""

    def __init__(self, batch: LogBatch, config: Config, indices: Indices, clock: Clock | None = None) -> None:
        """`config` gives `store_text` and `chunk_bytes`, which no document may exceed. Batches may share a `clock`."""
        self._batch = batch
        self._config = config
        self._options = options_for(config, batch.log_group)
        self._clock = clock or Clock(indices)
        self._waiting: list[Found] = []
        self._wanted: dict[str, Counter[tuple[str, str]]] = {}
        self._contents: dict[bytes, bytes] = {}
        self.ignored = 0
        """The log events without a prediction; complete when all is written."""

    def write(self, chunk: Chunk, send: Send, add_fields: AddFields) -> None:
        """Write every prediction into the chunk, and send what it holds whenever it is full.

        Lines that a logger may repeat come after the others, then those with keys for which the index has no fields
        yet: `add_fields` is called once for all of them.
        """
        if self._batch.is_control:
            self.ignored = len(self._batch.events)
            return
        chunk.begin(self._batch.log_group)

        def pass_on(event: LogEvent, found: Any, is_ordinary: bool) -> None:
            if is_ordinary:
                contents = Contents([found])
            elif found:
                contents = predictions_in(found, self._options)
            else:
                contents = find_predictions(event["message"], self._options)
            self._add(event, self._first_lines(event, contents, is_ordinary=is_ordinary), chunk, send)

        write_ordinary(self._batch, self._config, self._clock, chunk, send, pass_on)
        repeated, self._waiting = self._waiting, []
        self._contents = contents_by_group(each for found in repeated for each in found.repeatable.values())
        repeated = self._on_first_days(repeated)
        for found in repeated:
            self._add(found.event, self._lines(found, is_last_time=False), chunk, send)
        for name, counts in self._wanted.items():
            add_fields(name, self._batch.log_group, counts)
        for found in self._waiting:
            self._add(found.event, self._lines(found, is_last_time=True), chunk, send)

    def _on_first_days(self, repeated: list[Found]) -> list[Found]:
        """Return the lines; one that repeats a prediction of the day before is moved to that day's last millisecond."""
        if len({found.event["timestamp"] // DAY_MS for found in repeated}) < 2:
            return repeated
        ids = [[identity_of(each, self._contents) for each in found.repeatable.values()] for found in repeated]
        first: dict[str, int] = {}
        for found, own in zip(repeated, ids, strict=True):
            for id in own:
                first[id] = min(first.get(id, MAX_TIMESTAMP_MS), found.event["timestamp"])
        moved = []
        for found, own in zip(repeated, ids, strict=True):
            days_end = (min(first[id] for id in own) // DAY_MS + 1) * DAY_MS - 1
            moment = min(found.event["timestamp"], days_end)
            moved.append(found._replace(event=LogEvent(**{**found.event, "timestamp": moment})))
        return moved

    def _first_lines(self, event: LogEvent, contents: Contents, *, is_ordinary: bool) -> list[Lines]:
        """Return the documents of a log event that is not ordinary, or none if it is ignored or has to wait."""
        if not contents.predictions and contents.unreadable is None:
            self.ignored += 1
            return []
        predictions = contents.predictions
        if not is_ordinary:
            predictions = [each for logged in predictions for each in with_rows(logged, self._options)]
        found = [repeatable(each, self._batch.log_group) for each in predictions]
        may_repeat = {at: each for at, each in enumerate(found) if each is not None}
        whole = Found(event, contents._replace(predictions=predictions), may_repeat, is_ordinary)
        if may_repeat:
            self._waiting.append(whole)
            return []
        return self._lines(whole, is_last_time=False)

    def _lines(self, found: Found, *, is_last_time: bool) -> list[Lines]:
        """Return the documents of one log event, or none if it has to wait until its keys have fields."""
        event, (predictions, unreadable) = found.event, found.contents
        repeats = len(predictions) == 1 or len(predictions) * len(event["message"]) <= MOST_REPEATED_BYTES
        day = self._clock.minute(event["timestamp"]).day
        lines, has_to_wait = [], False
        for position, logged in enumerate(predictions):
            message = event["message"] if repeats or not position else choose_own_text(logged)
            if is_alone(logged):
                lines.append(self._actual(event, position, logged, message))
                continue
            sieve = Sieve(day.known, final=is_last_time)
            written = self._document(found, position, message, sieve)
            if sieve.wanted and not is_last_time:
                self._wanted.setdefault(day.name, Counter()).update(sieve.wanted.items())
                has_to_wait = True
            lines.append(written)
            group = self._batch.log_group
            may_tell = not written[1].is_raw and not isinstance(logged, Enclosed)
            if may_tell and (truth := brought_truth(logged, group, self._options)):
                identity = find_logged_identity(written[0]) or self._id(found, position)
                lines.append((action_lines(identity, truth, event, group), OF_ACTUAL))
        if has_to_wait:
            self._waiting.append(found)
            return []
        if unreadable:
            lines.append(self._raw(event, len(predictions), event["message"], *unreadable))
        return lines

    def _actual(self, event: LogEvent, position: int, logged: dict[str, Any], message: str) -> Lines:
        """Return the lines of an actual that stands alone, or its raw form with the reason."""
        if isinstance(logged, Enclosed):
            return self._raw(event, position, message, "quoted", QUOTED_ACTUAL)
        try:
            return lines_of_actual(logged, event, self._batch.log_group, self._options), OF_ACTUAL
        except UnknownShapeError as error:
            return self._raw(event, position, message, error.reason, str(error))

    def _document(self, found: Found, position: int, message: str, sieve: Sieve) -> Lines:
        """Return one prediction's document, or its raw form with the reason."""
        event, max_bytes = found.event, self._config.chunk_bytes
        try:
            logged = found.contents.predictions[position]
            if found.is_ordinary:
                document: dict[str, Any] = {**logged, "shipper": derive(logged.get("text"))}
                traits: tuple[str, ...] = ()
            else:
                document, traits = prepare(logged, sieve, self._options)
            document |= self._origin(event, message)
            hide(document, self._config.store_text)
            lines = self._head(found, position) + orjson.dumps(document, None, NEWLINE)
        except UnknownShapeError as error:
            return self._raw(event, position, message, error.reason, str(error))
        except (orjson.JSONEncodeError, RecursionError):  # orjson writes 254 levels
            return self._raw(event, position, message, "too_deep", "nested deeper than 254 levels")
        if len(lines) > max_bytes:
            return self._raw(event, position, message, "too_large", f"{len(lines)} bytes, at most {max_bytes} fit")
        return lines, Mark(traits=traits) if traits else ORDINARY

    def _raw(self, event: LogEvent, position: int, message: str, reason: str, detail: str) -> Lines:
        origin = self._origin(event, message)
        hide(origin, self._config.store_text)
        head = self._clock.minute(event["timestamp"]).raw_head + orjson.dumps(_event_id(event, position)) + b"}}\n"
        return raw_lines(head, origin, reason, detail, self._config), Mark(is_raw=True)

    def _origin(self, event: LogEvent, message: str) -> dict[str, Any]:
        return {
            "@id": event["id"],
            "@timestamp": self._clock.stamp(event["timestamp"]),
            "@message": message,
            "@owner": self._batch.owner,
            **({"@region": self._batch.region} if self._batch.region else {}),
            "@log_group": self._batch.log_group,
            "@log_stream": self._batch.log_stream,
        }

    def _id(self, found: Found, position: int) -> str:
        each = found.repeatable.get(position)
        return identity_of(each, self._contents) if each else _event_id(found.event, position)

    def _head(self, found: Found, position: int) -> bytes:
        """Return the action line; a prediction that may be repeated has a version, so that the fullest line stays."""
        event, each = found.event, found.repeatable.get(position)
        head = self._clock.minute(event["timestamp"]).head + orjson.dumps(self._id(found, position))
        if each is None:
            return head + b"}}\n"
        version = version_of(each, event["timestamp"])
        return head + b',"version":%d,"version_type":"external_gte"}}\n' % version

    def _add(self, event: LogEvent, lines: list[Lines], chunk: Chunk, send: Send) -> None:
        for written, mark in lines:
            if not chunk.has_room(len(written), self._config.chunk_bytes):
                send(chunk.move_out())
            chunk.add(event, written, mark)


def _event_id(event: LogEvent, position: int) -> str:
    return f"{event['id']}-{position + 1}" if position else event["id"]


def choose_own_text(logged: dict[str, Any]) -> str:
    """Return a prediction's own object as JSON, for an event whose whole line would be repeated too often."""
    try:
        return orjson.dumps(logged).decode()
    except orjson.JSONEncodeError:
        return ""
