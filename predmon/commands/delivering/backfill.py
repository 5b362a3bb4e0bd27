"""`predmon backfill`: index log events that are already in CloudWatch, with the shipper's own code.

A document's `_id` is its log event's id, which is the same whether CloudWatch delivers the event or we read it. So an
event that was already delivered is written again unchanged, and nothing is stored twice. We read in slices of an hour
and remember finished slices, so an interrupted backfill continues where it stopped.
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
from typing import TYPE_CHECKING

import click
from botocore.config import Config as ClientConfig

from lambda_shipper.config import Config
from lambda_shipper.delivery.rejection import store
from lambda_shipper.delivery.report import counts
from lambda_shipper.domain.client import Client
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import LogBatch, LogEvent
from lambda_shipper.reading.parsing import without_surrogates
from predmon.commands.delivering.shipping import AWS_ERRORS, format_counts, open_client, read_deployed_config
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.moments import Moment
from predmon.progress import track
from predmon.terminal import Terminal
from predmon.wording import count_of

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef
    from types_boto3_s3 import S3Client

PATTERN = "prediction"
"""The filter pattern of the subscription."""
LATE_EVENTS = timedelta(minutes=15)
"""Log events can arrive late. So a slice counts as finished only if it ended at least this long ago."""
PAGE_SECONDS = 300.0
WITHOUT_ID = "without_id"
out = Terminal()


@dataclass(frozen=True)
class Slice:
    """One hour or less of one log group. `end` is excluded."""

    log_group: str
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """The name under which it is remembered."""
        return f"{self.log_group} {self.start.isoformat()} {self.end.isoformat()}"


@dataclass
class Backfill:
    """One run: where it reads and writes. Each thread opens its own client in `thread_state`."""

    target: Target
    config: Config
    logs: "CloudWatchLogsClient"
    s3: "S3Client"
    owners: dict[str, str]
    thread_state: threading.local = field(default_factory=threading.local)

    def run(self, piece: Slice) -> tuple[Slice, Counter[str]]:
        """Index one slice and return it with the number of its events by outcome."""
        events: Counter[str] = Counter()
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=piece.log_group,
            startTime=milliseconds(piece.start),
            endTime=milliseconds(piece.end) - 1,
            filterPattern=PATTERN,
        )
        for page in pages:
            usable = [each for each in page["events"] if each.get("eventId")]
            events[WITHOUT_ID] += len(page["events"]) - len(usable)
            batches = group_into_batches(self.owners[piece.log_group], piece.log_group, usable)
            outcome = ship(batches, self.config, self._client(), until=time.monotonic() + PAGE_SECONDS)
            store(outcome, self.config, self.s3)
            events.update(counts(outcome))
        return piece, events

    def _client(self) -> Client:
        if not hasattr(self.thread_state, "client"):
            self.thread_state.client = open_client(self.target, self.config)
        client: Client = self.thread_state.client
        return client


@click.command()
@click.option(
    "--log-group", "log_groups", multiple=True, help="Read this log group. May be repeated. Default: the stack's."
)
@click.option("--since", type=Moment(), default="7d", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 32), help="Slices at once.")
@click.option("--again", is_flag=True, help="Also read what earlier runs have finished.")
def backfill(log_groups: tuple[str, ...], since: datetime, parallel: int, again: bool) -> None:
    """Index log events that are already in CloudWatch."""
    target = Target.resolve()
    config = read_deployed_config(target)
    names = list(log_groups) or target.outputs["LogGroupNames"].split(",")
    logs = target.client("logs", config=ClientConfig(retries={"mode": "adaptive", "max_attempts": 10}))
    owners = {name: find_owner(logs, name) for name in names}
    if target.is_local:
        refuse_subscribed_groups(logs, names)
    now = datetime.now(UTC)
    finished = FinishedSlices(target)
    if again:
        finished.forget()
    todo = [piece for name in names for piece in slices(name, since, now) if piece.name not in finished]
    work = Backfill(target, config, logs, target.client("s3"), owners)
    events: Counter[str] = Counter()
    try:
        with ThreadPoolExecutor(parallel) as pool:
            for piece, found in track(pool.map(work.run, todo), "Backfilling", total=len(todo)):
                events.update(found)
                if found["failed"] == found["rejected"] and piece.end < now - LATE_EVENTS:
                    finished.add(piece.name)
    except AWS_ERRORS as error:
        raise UserError(f"CloudWatch stopped answering. To continue, run this again: {error}") from error
    out.print(f"events: {format_counts(events)}")
    if events[WITHOUT_ID]:
        without_id = count_of(events[WITHOUT_ID], "event")
        out.print(f"[yellow]{without_id} without an id left out, since they could be stored twice[/]")
    if events["failed"] > events["rejected"]:
        raise UserError(
            "OpenSearch did not accept everything. Run this again: it does not read finished slices a second time."
        )


class FinishedSlices:
    """The slices that earlier runs have finished: one in each line of a file in the local cloud's folder."""

    def __init__(self, target: Target) -> None:
        stack = hashlib.sha256(f"{target.endpoint} {target.outputs['OpenSearchUrl']}".encode()).hexdigest()[:12]
        self._path: Path = LocalCloud.current().backfill_folder / stack
        self._names = set(self._path.read_text().splitlines()) if self._path.exists() else set()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Remember a slice as finished."""
        self._names.add(name)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(name + "\n")

    def forget(self) -> None:
        """Forget all finished slices."""
        self._names.clear()
        self._path.unlink(missing_ok=True)


def slices(log_group: str, since: datetime, until: datetime) -> Iterator[Slice]:
    """Yield the slices from `since` to `until`, cut at full hours, so that another run gets the same slices."""
    start = since
    while start < until:
        end = min(until, datetime.fromtimestamp((start.timestamp() // 3600 + 1) * 3600, UTC))
        yield Slice(log_group, start, end)
        start = end


def group_into_batches(owner: str, log_group: str, events: Iterable["FilteredLogEventTypeDef"]) -> Iterator[LogBatch]:
    """Group events by log stream, as the subscription delivers them."""
    by_stream = sorted(events, key=lambda event: event["logStreamName"])
    for stream, group in groupby(by_stream, key=lambda event: event["logStreamName"]):
        yield LogBatch(owner, log_group, stream, [to_log_event(event) for event in group])


def to_log_event(event: "FilteredLogEventTypeDef") -> LogEvent:
    """Turn an event of `FilterLogEvents` into one of a subscription."""
    return {
        "id": event["eventId"],
        "timestamp": event["timestamp"],
        "message": without_surrogates(event["message"]),
    }


def find_owner(logs: "CloudWatchLogsClient", log_group: str) -> str:
    """Return the account that owns a log group. Raises UserError if there is no such group or it cannot be read."""
    try:
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=log_group):
            for found in page["logGroups"]:
                if found["logGroupName"] == log_group:
                    return found["arn"].split(":")[4]
    except AWS_ERRORS as error:
        raise UserError(f"The log group {log_group} cannot be read: {error}") from error
    raise UserError(f"There is no log group {log_group}. Name one that exists: --log-group /aws/lambda/my-function")


def refuse_subscribed_groups(logs: "CloudWatchLogsClient", log_groups: Iterable[str]) -> None:
    """Raise UserError if one of the local cloud's log groups already has a subscription.

    On AWS an event has one id. The emulator gives it a different id for each subscriber.
    """
    for log_group in log_groups:
        if logs.describe_subscription_filters(logGroupName=log_group)["subscriptionFilters"]:
            raise UserError(
                f"A subscription already delivers {log_group}. The emulator gives its events other ids when they are "
                "read, so they would be stored twice. Name a group without a subscription: --log-group /my/old/group"
            )


def milliseconds(moment: datetime) -> int:
    """Return a moment in epoch milliseconds, as CloudWatch counts."""
    return int(moment.timestamp() * 1000)
