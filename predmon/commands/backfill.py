"""`predmon backfill`: index what CloudWatch already has, through the shipper's own stages.

A document's `_id` is its log event's id, which reading gives as the subscription does, so what was delivered already is
written again as it was, and nothing twice. The time is read in slices of an hour; slices done are remembered, so that a
backfill goes on where it was interrupted.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from botocore.config import Config as ClientConfig
from rich.console import Console

from lambda_shipper.client import Client
from lambda_shipper.config import Config
from lambda_shipper.decoding import LogBatch, LogEvent
from lambda_shipper.handler import ship
from lambda_shipper.parsing import without_surrogates
from lambda_shipper.rejection import store
from lambda_shipper.report import counts
from predmon.commands.moments import Moment
from predmon.commands.shipping import ERRORS, deployed_config, open_client, say_counts
from predmon.commands.target import Target
from predmon.errors import LocalError
from predmon.paths import LOCAL
from predmon.progress import track

PATTERN = "prediction"
"""The subscription's own filter pattern."""
SETTLED = timedelta(minutes=15)
"""A slice is remembered as done only when it ended so long ago, since log events arrive late."""
PAGE_SECONDS = 300.0
WITHOUT_ID = "without_id"
out = Console(highlight=False)


@dataclass(frozen=True)
class Slice:
    """A stretch of one log group's time; `end` is excluded."""

    log_group: str
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """What it is remembered under."""
        return f"{self.log_group} {self.start.isoformat()} {self.end.isoformat()}"


@dataclass
class Backfill:
    """One run: where it reads and writes, and what each thread of it has opened."""

    target: Target
    config: Config
    logs: Any
    s3: Any
    owners: dict[str, str]
    own: threading.local = field(default_factory=threading.local)

    def run(self, part: Slice) -> tuple[Slice, Counter[str]]:
        """Index one slice; gives its events by outcome."""
        events: Counter[str] = Counter()
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=part.log_group,
            startTime=milliseconds(part.start),
            endTime=milliseconds(part.end) - 1,
            filterPattern=PATTERN,
        )
        for page in pages:
            usable = [each for each in page["events"] if each.get("eventId")]
            events[WITHOUT_ID] += len(page["events"]) - len(usable)
            batches = as_batches(self.owners[part.log_group], part.log_group, usable)
            outcome = ship(batches, self.config, self._client(), until=time.monotonic() + PAGE_SECONDS)
            store(outcome, self.config, self.s3)
            events.update(counts(outcome))
        return part, events

    def _client(self) -> Client:
        if not hasattr(self.own, "client"):
            self.own.client = open_client(self.target, self.config)
        return self.own.client


@click.command()
@click.option("--log-group", "log_groups", multiple=True, help="Read this one; may be repeated. Default: the stack's.")
@click.option("--since", type=Moment(), default="7d", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 32), help="Slices at once.")
@click.option("--again", is_flag=True, help="Forget what earlier runs have done.")
def backfill(log_groups: tuple[str, ...], since: datetime, parallel: int, again: bool) -> None:
    """Index what CloudWatch already has."""
    target = Target.resolve()
    config = deployed_config(target)
    names = list(log_groups) or target.outputs["LogGroupNames"].split(",")
    logs = target.client("logs", config=ClientConfig(retries={"mode": "adaptive", "max_attempts": 10}))
    owners = {name: owner_of(logs, name) for name in names}
    if target.is_local:
        refuse_subscribed(logs, names)
    now = datetime.now(UTC)
    done = Done(target)
    if again:
        done.forget()
    parts = [part for name in names for part in slices(name, since, now) if part.name not in done]
    work = Backfill(target, config, logs, target.client("s3"), owners)
    events: Counter[str] = Counter()
    try:
        with ThreadPoolExecutor(parallel) as pool:
            for part, found in track(pool.map(work.run, parts), "Backfilling", total=len(parts)):
                events.update(found)
                if found["failed"] == found["rejected"] and part.end < now - SETTLED:
                    done.add(part.name)
    except ERRORS as error:
        raise LocalError(f"CloudWatch stopped answering; run this again to go on: {error}") from error
    out.print(f"events: {say_counts(events)}")
    if events[WITHOUT_ID]:
        out.print(f"[yellow]{events[WITHOUT_ID]} events came without an id and were left out: they could be doubled[/]")
    if events["failed"] > events["rejected"]:
        raise LocalError("OpenSearch did not take everything. Run this again: what is done is not read a second time.")


class Done:
    """The slices that earlier runs have finished, one a line of a file under `.local/`."""

    def __init__(self, target: Target) -> None:
        stack = hashlib.sha256(f"{target.endpoint} {target.outputs['OpenSearchUrl']}".encode()).hexdigest()[:12]
        self._path: Path = LOCAL / "backfill" / stack
        self._names = set(self._path.read_text().splitlines()) if self._path.exists() else set()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Remember a slice."""
        self._names.add(name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(name + "\n")

    def forget(self) -> None:
        """Begin anew."""
        self._names.clear()
        self._path.unlink(missing_ok=True)


def slices(log_group: str, since: datetime, until: datetime) -> Iterator[Slice]:
    """Cut the time from `since` to `until` at full hours, so that another run meets the same slices."""
    start = since
    while start < until:
        end = min(until, datetime.fromtimestamp((start.timestamp() // 3600 + 1) * 3600, UTC))
        yield Slice(log_group, start, end)
        start = end


def as_batches(owner: str, log_group: str, events: Iterable[dict[str, Any]]) -> Iterator[LogBatch]:
    """Group what was read by log stream, as the subscription would deliver it."""
    by_stream = sorted(events, key=lambda event: event["logStreamName"])
    for stream, group in groupby(by_stream, key=lambda event: event["logStreamName"]):
        yield LogBatch(owner, log_group, stream, [as_log_event(event) for event in group])


def as_log_event(event: dict[str, Any]) -> LogEvent:
    """Give an event of `FilterLogEvents` as one of a subscription."""
    return {
        "id": event["eventId"],
        "timestamp": event["timestamp"],
        "message": without_surrogates(event["message"]),
    }


def owner_of(logs: Any, log_group: str) -> str:
    """Give the account that a log group belongs to; raises LocalError if there is no such group."""
    try:
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=log_group):
            for found in page["logGroups"]:
                if found["logGroupName"] == log_group:
                    return found["arn"].split(":")[4]
    except ERRORS as error:
        raise LocalError(f"The log group {log_group} cannot be read: {error}") from error
    raise LocalError(f"There is no log group {log_group}. Name one that exists: --log-group /aws/lambda/my-function")


def refuse_subscribed(logs: Any, log_groups: Iterable[str]) -> None:
    """Raise LocalError for a group of the local cloud that is subscribed already.

    On AWS an event has one id, however it is read. The emulator gives it another one for each subscriber.
    """
    for log_group in log_groups:
        if logs.describe_subscription_filters(logGroupName=log_group)["subscriptionFilters"]:
            raise LocalError(
                f"{log_group} is delivered by its subscription already, and the emulator gives its events other ids "
                "when they are read: they would be doubled. Name a group without one: --log-group /my/old/group"
            )


def milliseconds(moment: datetime) -> int:
    """Give a moment as CloudWatch counts it."""
    return int(moment.timestamp() * 1000)
