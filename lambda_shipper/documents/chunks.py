"""Bulk requests in the making: the lines of many documents in one growing buffer.

One buffer, since keeping thousands of small byte strings costs more time than making them (decision 5).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lambda_shipper.reading.decoding import LogEvent

LEFT_OUT, FAILED_PREDICTION, UNLABELLED = "left_out", "failed_predictions", "unlabelled"
"""What may be worth counting of an indexed prediction: it lacks a key; it is a failure; it has no label or value."""

AS_CLASSES, AS_VALUES, AS_LABELS = "lists_as_classes", "lists_as_values", "lists_as_labels"
AS_SCORES = "maps_as_scores"
READINGS = (AS_CLASSES, AS_VALUES, AS_LABELS, AS_SCORES)
"""How a list was read that does not say itself what it is, and a map of scores that have no label."""


class Mark(NamedTuple):
    """What is special about a document."""

    is_raw: bool = False
    """It holds the line as text, and nothing of the user's keys."""
    is_actual: bool = False
    """It is no prediction but what one should have been."""
    repairs: int = 0
    """How often the domain has refused a key of it, which was then left out."""
    traits: tuple[str, ...] = ()
    """Some of `LEFT_OUT`, `FAILED_PREDICTION`, `UNLABELLED`, `READINGS`."""


ORDINARY = Mark()


class Action(NamedTuple):
    """One document on its way: its event and log group, its two lines as they go over the wire, what is special."""

    event: LogEvent
    log_group: str
    lines: bytes
    mark: Mark = ORDINARY


class Chunk:
    """One bulk request's body, with what is needed to count its actions and to take single ones out again.

    `events` has one entry for each action. `marks` has one, by position, for those only that are not ordinary.
    `log_groups` has the position from which on the actions are of a log group.
    """

    __slots__ = ("body", "events", "log_groups", "marks")

    def __init__(self, log_group: str = "") -> None:
        """Start empty; what is added is of this log group."""
        self.body = bytearray()
        self.events: list[LogEvent] = []
        self.marks: dict[int, Mark] = {}
        self.log_groups: list[tuple[int, str]] = [(0, log_group)]

    def __len__(self) -> int:
        """Count the actions."""
        return len(self.events)

    def begin(self, log_group: str) -> None:
        """Say that what is added from now on is of this log group."""
        start, last = self.log_groups[-1]
        if last == log_group:
            return
        if start == len(self.events):
            self.log_groups.pop()
        self.log_groups.append((len(self.events), log_group))

    def add(self, event: LogEvent, lines: bytes, mark: Mark) -> None:
        """Add an action."""
        if mark is not ORDINARY:
            self.marks[len(self.events)] = mark
        self.body += lines
        self.events.append(event)

    def move_out(self) -> Chunk:
        """Return everything as a chunk of its own. This one is empty again and goes on in the same log group.

        So nothing but its delivery holds a full chunk, and its memory is free again when it is delivered.
        """
        moved = Chunk()
        moved.body, moved.events, moved.marks, moved.log_groups = self.body, self.events, self.marks, self.log_groups
        self.body, self.events, self.marks, self.log_groups = bytearray(), [], {}, [(0, moved.log_groups[-1][1])]
        return moved

    def has_room(self, size: int, max_bytes: float) -> bool:
        """Return whether an action of this size fits; an empty chunk takes any."""
        return not self.events or len(self.body) + size <= max_bytes

    def take(self, positions: Iterable[int]) -> Iterator[Action]:
        """Yield the actions at these positions."""
        lines = self.body.splitlines(keepends=True)
        for position in positions:
            pair = bytes(lines[2 * position] + lines[2 * position + 1])
            yield Action(self.events[position], self.log_group_at(position), pair, self.marks.get(position, ORDINARY))

    def log_group_at(self, position: int) -> str:
        """Return the log group of an action."""
        return self.log_groups[bisect_right(self.log_groups, position, key=lambda run: run[0]) - 1][1]

    def actions_by_log_group(self) -> dict[str, int]:
        """Count the actions of each log group."""
        counts: dict[str, int] = {}
        for log_group, start, end in self.runs():
            counts[log_group] = counts.get(log_group, 0) + end - start
        return counts

    def runs(self) -> list[tuple[str, int, int]]:
        """Return each stretch of actions of one log group, with its first position and the one behind its last."""
        if len(self.log_groups) == 1:
            return [(self.log_groups[0][1], 0, len(self.events))]
        ends = [start for start, _ in self.log_groups[1:]] + [len(self.events)]
        return [(log_group, start, end) for (start, log_group), end in zip(self.log_groups, ends, strict=True)]


def chunks(actions: Iterable[Action], max_bytes: float) -> Iterator[Chunk]:
    """Pack actions, in order, into chunks of at most `max_bytes`; a single larger action gets a chunk of its own."""
    chunk = Chunk()
    for action in actions:
        if not chunk.has_room(len(action.lines), max_bytes):
            yield chunk
            chunk = Chunk()
        chunk.begin(action.log_group)
        chunk.add(action.event, action.lines, action.mark)
    if chunk.events:
        yield chunk


def one_chunk(actions: Iterable[Action]) -> Chunk:
    """Pack actions into a single chunk, which may be empty."""
    return next(chunks(actions, math.inf), Chunk())
