"""Delivery: chunks by bytes, an outcome for every single item, back-off inside the time left.

What the domain's answer means for an item (sources: OpenSearch's bulk API, and Amazon OpenSearch Service's limits):
written (200, 201) · *busy*: send it again (429, 5xx, a throttled 403, a block, a full cluster, a conflict) · *refused*:
this document will never go in like that (400) · *denied*: not the document's fault and not soon over (401, 403, 404).
"""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Protocol

from lambda_shipper.answers import Item, Verdict, read_answer
from lambda_shipper.client import Answer
from lambda_shipper.config import Config
from lambda_shipper.decoding import LogEvent
from lambda_shipper.documents import Action, Documents
from lambda_shipper.errors import TransportError

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.1, 10.0
MIN_REQUEST_SECONDS = 0.05


class BulkClient(Protocol):
    """What delivery needs of a client; raises `TransportError` when no complete answer comes back."""

    def bulk(self, body: bytes | bytearray, timeout_seconds: float) -> Answer:
        """Send one bulk request and give its answer."""
        ...


@dataclass(slots=True)
class Outcome:
    """What became of the log events: each is counted as exactly one of the first four."""

    indexed: int = 0
    ignored: int = 0
    kept_raw: int = 0
    failed: int = 0
    rejected: list[tuple[Action, Item]] = field(default_factory=list)
    """Those of the failed that were refused even in their raw form, each with the domain's verdict."""
    stored: int = 0
    """How many of the rejected lie safe in the failure bucket."""
    failure: Item | None = None
    """The domain's last verdict that was no success, if any."""
    requests: int = 0
    answers: int = 0
    """Requests that the domain answered item by item: with none, it was not there."""
    retries: int = 0
    sent_bytes: int = 0
    bulk_seconds: float = 0.0
    oldest_timestamp: int | None = None


class Chunk:
    """The lines of many actions in one growing buffer, with what is needed to take single ones out again.

    One buffer, since keeping thousands of small byte strings costs more time than making them.
    """

    __slots__ = ("body", "documents", "events")

    def __init__(self) -> None:
        """Start empty."""
        self.body = bytearray()
        self.events: list[LogEvent] = []
        self.documents: list[Documents | None] = []

    def __len__(self) -> int:
        """Count the actions."""
        return len(self.events)

    def take(self, positions: Iterable[int]) -> Iterator[Action]:
        """Give the actions at these positions."""
        lines = self.body.splitlines(keepends=True)
        for position in positions:
            pair = bytes(lines[2 * position] + lines[2 * position + 1])
            yield self.events[position], pair, self.documents[position]


def chunks(actions: Iterable[Action], max_bytes: float) -> Iterator[Chunk]:
    """Pack actions, in order, into chunks of at most `max_bytes`; a single larger action gets a chunk of its own."""
    chunk = Chunk()
    body, events, documents = chunk.body, chunk.events, chunk.documents
    for event, lines, maker in actions:
        if events and len(body) + len(lines) > max_bytes:
            yield chunk
            chunk = Chunk()
            body, events, documents = chunk.body, chunk.events, chunk.documents
        body += lines
        events.append(event)
        documents.append(maker)
    if events:
        yield chunk


def one_chunk(actions: Iterable[Action]) -> Chunk:
    """Pack actions into a single chunk, which may be empty."""
    return next(chunks(actions, math.inf), Chunk())


class Delivery:
    """One run of `index`: its client, its clock and what it has counted so far."""

    def __init__(self, client: BulkClient, config: Config, until: float) -> None:
        """`until` is a `time.monotonic()` moment."""
        self.outcome = Outcome()
        self._client = client
        self._until = until
        self._request_timeout_seconds = config.request_timeout_seconds

    def deliver(self, chunk: Chunk) -> None:
        """See one chunk through to the end: every action of it counted in the outcome."""
        pending, attempt = deque([chunk]), 0
        while pending:
            part = pending.popleft()
            busy = self._send(part, pending)
            if busy is None:
                attempt = 0
                continue
            delay = random.uniform(0, min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**attempt))
            attempt += 1
            if time.monotonic() + delay + MIN_REQUEST_SECONDS > self._until:
                self.outcome.failed += len(busy) + sum(map(len, pending))
                return
            time.sleep(delay)
            self.outcome.retries += 1
            pending.appendleft(busy)

    def _send(self, part: Chunk, pending: deque[Chunk]) -> Chunk | None:
        """Send once and count; queue what goes on in another form; give back what the domain was too busy for."""
        timeout = min(self._request_timeout_seconds, self._until - time.monotonic())
        if timeout < MIN_REQUEST_SECONDS:
            self.outcome.failure = self.outcome.failure or Item(Verdict.BUSY, "no_time")
            return part
        started = time.monotonic()
        try:
            answer = self._client.bulk(part.body, timeout)
        except TransportError as error:
            self.outcome.failure = Item(Verdict.BUSY, "no_answer", str(error))
            return part
        finally:
            self.outcome.requests += 1
            self.outcome.sent_bytes += len(part.body)
            self.outcome.bulk_seconds += time.monotonic() - started
        whole, items = read_answer(answer, len(part))
        if whole.verdict is Verdict.WRITTEN:
            return self._sort_items(part, items, pending)
        if whole.verdict is Verdict.REFUSED and len(part) > 1:
            middle = len(part) // 2
            pending.extendleft((one_chunk(part.take(range(middle, len(part)))), one_chunk(part.take(range(middle)))))
            return None
        if whole.verdict is Verdict.REFUSED:
            pending.extendleft(self._raw_forms(part, {0: whole}))
            return None
        self.outcome.failure = whole
        if whole.verdict is Verdict.BUSY:
            return part
        self.outcome.failed += len(part)
        return None

    def _sort_items(self, part: Chunk, items: dict[int, Item], pending: deque[Chunk]) -> Chunk | None:
        """Count an answered request item by item; `items` holds those that were not written."""
        self.outcome.answers += 1
        written_raw = part.documents.count(None) - sum(part.documents[position] is None for position in items)
        self.outcome.kept_raw += written_raw
        self.outcome.indexed += len(part) - len(items) - written_raw
        if not items:
            return None
        refused = {position: item for position, item in items.items() if item.verdict is Verdict.REFUSED}
        busy = [position for position, item in items.items() if item.verdict is Verdict.BUSY]
        self.outcome.failed += len(items) - len(refused) - len(busy)
        pending.extend(self._raw_forms(part, refused))
        for item in items.values():
            if item.verdict is not Verdict.REFUSED:
                self.outcome.failure = item
        return one_chunk(part.take(busy)) if busy else None

    def _raw_forms(self, part: Chunk, refused: dict[int, Item]) -> Iterator[Chunk]:
        """Give the refused documents in their raw form; those refused in that form too are rejected."""
        again = []
        for action, item in zip(part.take(refused), refused.values(), strict=True):
            event, _, documents = action
            if documents is None:
                self.outcome.rejected.append((action, item))
                self.outcome.failed += 1
                self.outcome.failure = item
            else:
                again.append(documents.kept_raw(event, item.reason, item.detail))
        if again:
            yield one_chunk(again)


def index(client: BulkClient, actions: Iterable[Action], config: Config, *, until: float) -> Outcome:
    """Deliver the actions chunk by chunk and say what became of each; raises nothing for the domain's faults.

    Only what failed is sent again. When the time is up the rest is counted as failed, never forgotten. `actions` is
    always consumed to its end. Holds at most one chunk and its failed items. `until` is a `time.monotonic()` moment.
    """
    delivery = Delivery(client, config, until)
    for chunk in chunks(actions, config.chunk_bytes):
        oldest = min(map(itemgetter("timestamp"), chunk.events))
        known = delivery.outcome.oldest_timestamp
        delivery.outcome.oldest_timestamp = oldest if known is None else min(known, oldest)
        delivery.deliver(chunk)
    return delivery.outcome
