"""One run: functions that deliver, replay and backfill at once behind the faults, until all is settled."""

import base64
import gzip
import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import boto3

from benchmarks.chaos.faults import Faults
from benchmarks.chaos.lines import line
from lambda_shipper.config import Config
from lambda_shipper.delivery.rejection import store
from lambda_shipper.domain.client import Client
from lambda_shipper.domain.indices import open_indices
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import LogBatch, decode
from lambda_shipper.replay import BATCH_PREFIX, REJECTED_PREFIX, SET_ASIDE_PREFIX, list_stored_objects, replay
from predmon.local.failures import failure_record

BUCKET = "failures"
START_MS = 1_795_391_000_000  # ten minutes before midnight, so that a run lies in two days
GROUPS = tuple(f"/aws/lambda/{name}" for name in ("inference", "reviews", "prices", "greedy"))
ATTEMPTS = 3
FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:shipper"


class Killed(BaseException):
    """What ends an invocation in the middle, as the platform does."""


@dataclass
class Run:
    """What was given to the shipper, and what is known of it."""

    seed: int
    url: str
    faults: Faults
    expected: dict[str, str | None] = field(default_factory=dict)
    """The label of each document by its `_id`; `RAW` for what is kept raw."""
    ignored: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    delivered: list[LogBatch] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: int = 0

    def __post_init__(self) -> None:
        """Seed everything that is random; the threads' order is not."""
        self._chance = random.Random(self.seed)
        self._s3 = boto3.client("s3", region_name="eu-central-1")
        common: dict[str, Any] = {"opensearch_url": self.url, "failure_bucket": BUCKET, "request_timeout_seconds": 1.0}
        self.versions = (
            Config(**common, chunk_bytes=200_000),
            Config(**common, chunk_bytes=120_000, compress="gzip", kept_fields=("tenant",)),
        )
        """What is deployed before the middle and after it; around it both are at work."""
        self.deployed = (0,)

    def batch(self) -> LogBatch:
        """Make the next batch: its lines, and what they must become."""
        with self._lock:
            size = self._chance.choice((1, 5, 80, 400, 1200))
            events = []
            for number in range(self._next, self._next + size):
                made = line(self._chance, number)
                id = f"{number:056d}"
                events.append({"id": id, "timestamp": START_MS + number * 3, "message": made.text})
                self.ignored += not made.labels
                for position, label in enumerate(made.labels):
                    self.expected[f"{id}-{position + 1}" if position else id] = label
            self._next += size
            return LogBatch("123456789012", self._chance.choice(GROUPS), "stream", events)

    def invoke(self, batches: list[LogBatch], *, seconds: float, kill_after: int | None = None) -> bool:
        """Run the shipper once, in a new or a warm execution environment; tells whether all is safe."""
        with self._lock:
            config = self.versions[self._chance.choice(self.deployed)]
            if self._chance.random() < 0.05:
                open_indices.cache_clear()
        client: Any = Killing(config, kill_after) if kill_after is not None else Client(config)
        try:
            outcome = ship(batches, config, client, until=time.monotonic() + seconds)
        except Killed:
            self.counts["killed"] += 1
            return False
        with suppress(Exception):  # the handler would raise as well: not all is safe
            store(outcome, config, self._s3)
        assert outcome.totals()["predictions"] == outcome.indexed + outcome.kept_raw + outcome.failed
        assert outcome.totals()["events"] == outcome.ignored + outcome.totals()["events_with_predictions"]
        return outcome.failed == outcome.stored

    def deliver(self, batches: list[LogBatch]) -> None:
        """Deliver as Lambda does: again after an error, then into the failure bucket."""
        for _ in range(ATTEMPTS):
            with self._lock:
                kill_after = self._chance.randrange(3) if self._chance.random() < 0.05 else None
                seconds = self._chance.choice((0.3, 3.0, 10.0))
            if self.invoke(batches, seconds=seconds, kill_after=kill_after):
                return
        self.counts["given up"] += len(batches)
        for each in batches:
            key, body = failure_record(FUNCTION_ARN, payload(each), {"errorMessage": "down"}, invocations=ATTEMPTS)
            self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def work(self, until: float, predictions: int) -> None:
        """Deliver new batches, now and then old ones again, or many at once, until there are time and number enough."""
        while time.monotonic() < until or len(self.expected) < predictions:
            batches = [self.batch()]
            dice = self._chance.random()
            if dice < 0.1:
                batches += [self.batch() for _ in range(4)]  # as a stream delivers them
            if dice > 0.97:
                self.delivered += batches
                continue  # the subscription was not there: only a backfill finds them
            self.deliver(batches)
            self.delivered += batches
            if dice > 0.85:
                self.counts["delivered again"] += 1
                self.deliver([self._chance.choice(self.delivered)])

    def drain(self, seconds: float, *, set_aside: bool = False) -> int:
        """Replay the failure bucket for so long, also what was `set_aside`; gives how many objects are left."""
        prefixes = (BATCH_PREFIX, REJECTED_PREFIX, *((SET_ASIDE_PREFIX,) if set_aside else ()))
        config = self.versions[self.deployed[-1]]
        until = time.monotonic() + seconds
        stored = list(list_stored_objects(self._s3, BUCKET, prefixes=prefixes))
        for each in replay(self._s3, config, Client(config), stored, until=until):
            self.counts[f"replay {each.fate.value}"] += 1
        return sum(1 for _ in list_stored_objects(self._s3, BUCKET, prefixes=("",)))

    def backfill(self, parallel: int = 2) -> None:
        """Ship all that was ever logged once more, as `predmon backfill` does."""
        with ThreadPoolExecutor(parallel) as pool:
            batches = [self.delivered[start : start + 10] for start in range(0, len(self.delivered), 10)]
            for some, is_safe in zip(
                batches, pool.map(lambda each: self.invoke(each, seconds=60), batches), strict=True
            ):
                if not is_safe:
                    self.deliver(some)


class Killing(Client):
    """A client whose process is killed after so many requests, before or after the domain has read the last one."""

    def __init__(self, config: Config, after: int) -> None:
        super().__init__(config)
        self._left = after

    def bulk(self, body: bytes | bytearray, timeout_seconds: float) -> Any:
        """Send, or die."""
        if self._left <= 0:
            if len(body) % 2:
                with suppress(Exception):
                    super().bulk(body, timeout_seconds)
            raise Killed
        self._left -= 1
        return super().bulk(body, timeout_seconds)


def payload(batch: LogBatch) -> dict[str, Any]:
    """Return the invocation's payload of a batch."""
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": batch.owner,
        "logGroup": batch.log_group,
        "logStream": batch.log_stream,
        "logEvents": batch.events,
    }
    data = base64.b64encode(gzip.compress(json.dumps(body).encode(), 1)).decode()
    event = {"awslogs": {"data": data}}
    assert decode(event, 64 * 1024 * 1024).events == batch.events
    return event


def differences(found: dict[str, str | None], expected: dict[str, str | None]) -> list[str]:
    """Return what is missing, what is too much, and what has another label, in words."""
    said = [f"missing: {id}" for id in expected.keys() - found.keys()]
    said += [f"too much: {id}" for id in found.keys() - expected.keys()]
    both = found.keys() & expected.keys()
    said += [f"{id}: {found[id]!r} instead of {expected[id]!r}" for id in both if found[id] != expected[id]]
    return sorted(said)
