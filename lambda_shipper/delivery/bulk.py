"""Delivery: chunks by bytes, an outcome for every single item, back-off inside the time left.

What the domain's answer means for an item (sources: OpenSearch's bulk API, and Amazon OpenSearch Service's limits):
written (200, 201) · *busy*: send it again (429, 5xx, a throttled 403, a block, a full cluster, a conflict) · *refused*:
this document will never go in like that (400) · *denied*: not the document's fault and not soon over (401, 403, 404).
"""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Protocol

from lambda_shipper.config import Config
from lambda_shipper.delivery.outcome import (
    ACTUALS,
    EVENTS,
    FAILED,
    IGNORED,
    INDEXED,
    KEPT_RAW,
    PREDICTIONS,
    WITH_PREDICTIONS,
    Outcome,
    Rejected,
)
from lambda_shipper.delivery.refusals import next_form
from lambda_shipper.documents.chunks import Action, Chunk, chunks, one_chunk
from lambda_shipper.domain.answers import CONTRADICTED, REPLACED, Item, Reply, find_replaced, read_answer
from lambda_shipper.domain.client import Answer
from lambda_shipper.errors import TransportError
from lambda_shipper.reading.decoding import LogBatch

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.1, 10.0
MIN_REQUEST_SECONDS = 0.05


class BulkClient(Protocol):
    """What delivery needs of a client; raises `TransportError` when no complete answer comes back."""

    def bulk(self, body: bytes | bytearray, timeout_seconds: float) -> Answer:
        """Send one bulk request and give its answer."""
        ...


class Delivery:
    """One invocation's way to the domain: its client, its clock and what it has counted so far."""

    def __init__(self, client: BulkClient, config: Config, until: float) -> None:
        """`until` is a `time.monotonic()` moment. After it the rest is counted as failed, never forgotten."""
        self.outcome = Outcome()
        self._client = client
        self._config = config
        self._until = until

    def count_events(self, batch: LogBatch, ignored: int) -> None:
        """Count a batch's log events, once all of them were looked at."""
        number = len(batch.events)
        self.outcome.count(batch.log_group, EVENTS, number)
        if ignored:
            self.outcome.count(batch.log_group, IGNORED, ignored)
        self.outcome.count(batch.log_group, WITH_PREDICTIONS, number - ignored)

    def deliver(self, chunk: Chunk) -> None:
        """See a chunk through to the end: every action is counted in the outcome; only what failed is sent again."""
        if not chunk.events:
            return
        self._note(chunk)
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
                for left in (busy, *pending):
                    self._fail(left.actions_by_log_group())
                return
            time.sleep(delay)
            self.outcome.retries += 1
            pending.appendleft(busy)

    def _note(self, chunk: Chunk) -> None:
        """Count a chunk's predictions, and keep the times of the oldest and the newest."""
        times = list(map(itemgetter("timestamp"), chunk.events))
        oldest, known = min(times), self.outcome.oldest_timestamp
        self.outcome.oldest_timestamp = oldest if known is None else min(known, oldest)
        newest = self.outcome.newest
        for log_group, start, end in chunk.runs():
            self.outcome.count(log_group, PREDICTIONS, end - start)
            if end > start:
                newest[log_group] = max(newest.get(log_group, 0), max(times[start:end]))

    def _send(self, part: Chunk, pending: deque[Chunk]) -> Chunk | None:
        """Send once and count; queue what goes on in another form; give back what the domain was too busy for."""
        timeout = min(self._config.request_timeout_seconds, self._until - time.monotonic())
        if timeout < MIN_REQUEST_SECONDS:
            self.outcome.failure = self.outcome.failure or Item(Reply.BUSY, "no_time")
            return part
        started = time.monotonic()
        try:
            answer = self._client.bulk(part.body, timeout)
        except TransportError as error:
            self.outcome.failure = Item(Reply.BUSY, "no_answer", str(error))
            return part
        finally:
            self.outcome.requests += 1
            self.outcome.sent_bytes += len(part.body)
            self.outcome.bulk_seconds += time.monotonic() - started
        whole, items = read_answer(answer, len(part))
        if whole.reply is Reply.WRITTEN:
            self._count_replaced(part, answer)
            return self._sort_items(part, items, pending)
        if whole.reply is Reply.REFUSED and len(part) > 1:
            middle = len(part) // 2
            pending.extendleft((one_chunk(part.take(range(middle, len(part)))), one_chunk(part.take(range(middle)))))
            return None
        if whole.reply is Reply.REFUSED:
            pending.extendleft(self._other_forms(part, {0: whole}))
            return None
        self.outcome.failure = whole
        if whole.reply is Reply.BUSY:
            return part
        self._fail(part.actions_by_log_group())
        return None

    def _count_replaced(self, part: Chunk, answer: Answer) -> None:
        actuals = [position for position, mark in part.marks.items() if mark.is_actual]
        if actuals:  # reading all items takes long, and only few requests have actuals
            for position in find_replaced(answer).intersection(actuals):
                self.outcome.count(part.log_group_at(position), REPLACED)

    def _sort_items(self, part: Chunk, items: dict[int, Item], pending: deque[Chunk]) -> Chunk | None:
        """Count an answered request item by item; `items` holds those that were not written."""
        self.outcome.answers += 1
        if not items:
            self._count_written(part, items)
            return None
        superseded = {at: item for at, item in items.items() if item.reply is Reply.SUPERSEDED}
        items = {at: item for at, item in items.items() if at not in superseded}
        for at, item in superseded.items():
            self.outcome.count(part.log_group_at(at), CONTRADICTED, int(item.reason == CONTRADICTED))
        self._count_written(part, items)
        refused = {position: item for position, item in items.items() if item.reply is Reply.REFUSED}
        busy = [position for position, item in items.items() if item.reply is Reply.BUSY]
        denied = [position for position, item in items.items() if item.reply is Reply.DENIED]
        self._fail(Counter(map(part.log_group_at, denied)))
        pending.extend(self._other_forms(part, refused))
        for item in items.values():
            if item.reply is not Reply.REFUSED:
                self.outcome.failure = item
        return one_chunk(part.take(busy)) if busy else None

    def _count_written(self, part: Chunk, items: dict[int, Item]) -> None:
        written = part.actions_by_log_group()
        for position in items:
            written[part.log_group_at(position)] -= 1
        for position, mark in part.marks.items():
            if position in items:
                continue
            log_group = part.log_group_at(position)
            if mark.is_raw or mark.is_actual:
                written[log_group] -= 1
                self.outcome.count(log_group, KEPT_RAW if mark.is_raw else ACTUALS)
            for trait in mark.traits:
                self.outcome.count(log_group, trait)
        for log_group, count in written.items():
            self.outcome.count(log_group, INDEXED, count)

    def _other_forms(self, part: Chunk, refused: dict[int, Item]) -> Iterator[Chunk]:
        """Yield what to send instead of refused documents; raw forms and actuals have no other and are rejected."""
        again = []
        for action, item in zip(part.take(refused), refused.values(), strict=True):
            if action.mark.is_raw or action.mark.is_actual:
                self.outcome.rejected.append(Rejected(action, item))
                self.outcome.count(action.log_group, FAILED)
                self.outcome.failure = item
            else:
                again.append(next_form(action, item, self._config))
        if again:
            yield one_chunk(again)

    def _fail(self, counts: Mapping[str, int]) -> None:
        for log_group, count in counts.items():
            self.outcome.count(log_group, FAILED, count)


def index(client: BulkClient, actions: Iterable[Action], config: Config, *, until: float) -> Outcome:
    """Deliver ready-made actions and say what became of each; raises nothing for the domain's faults.

    `until` is a `time.monotonic()` moment. Holds at most one chunk and its failed items.
    """
    delivery = Delivery(client, config, until)
    for chunk in chunks(actions, config.chunk_bytes):
        delivery.deliver(chunk)
    return delivery.outcome
