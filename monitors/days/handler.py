"""Look after past days: recover ▶ delete ▶ fold ▶ finish ▶ measure.

A small domain holds few shards, and two indices are made each day. So days that are over are folded into archives
(`folding` says how), and deleted when they are old. Every step may be interrupted; the next run goes on.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import boto3
from opensearchpy import OpenSearch

from monitors.days.capacity import read_capacity
from monitors.days.config import METRIC, Config
from monitors.days.copying import OutOfTimeError
from monitors.days.expiring import delete_folded, delete_indices, hide_expired
from monitors.days.folding import MOST_PERIOD_BYTES, NotFoldedError, finish, fold, recover, wait_for_searches
from monitors.days.locking import BusyError, one_at_a_time
from monitors.days.past import FOLDED, Past, read
from monitors.reporting.client import open_search
from monitors.reporting.metrics import put
from monitors.reporting.periods import read_moment

QUIET = timedelta(hours=24)
"""A day is left alone for so long after its end, since events may come late."""
RESERVE_SECONDS = 90.0
"""Kept back of the invocation's time for the end of what has begun."""
LEAST_SECONDS = 120.0
"""No period is begun with less time than this."""


class LambdaContext(Protocol):
    """What the function needs of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time until Lambda ends the invocation."""
        ...


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Fold and delete what is due. The event's `time` (ISO 8601, the schedule sends it) is now."""
    config = Config.from_env()
    search = open_search(config.opensearch_url, config.opensearch_auth, config.opensearch_region)
    now = read_moment(event["time"]) if event.get("time") else datetime.now(UTC)
    until = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    try:
        with one_at_a_time(search):
            done = tidy(search, now, config.retention_days, until)
    except BusyError as error:
        done = {"busy": str(error)}
    capacity = read_capacity(search)
    metric = {"MetricName": METRIC, "Timestamp": now, "Value": capacity.shards_percent}
    put(boto3.client("cloudwatch"), [metric], config.namespace)
    result = {**done, "capacity": asdict(capacity)}
    print(json.dumps(result), flush=True)
    return result


def tidy(search: OpenSearch, now: datetime, retention_days: int, until: float) -> dict[str, Any]:
    """Delete and fold the past days of every kind. Return the names of what was deleted, folded, and left as it is."""
    deleted: list[str] = []
    hidden: list[str] = []
    left: list[str] = []
    try:
        for kind in FOLDED:
            past = read(search, kind)
            recover(search, past, until)
            deleted += delete_folded(search, past, now, retention_days, until)
            hidden += (expired := hide_expired(search, past, now, retention_days))
            left += _fold_due(search, past, now, set(expired), until)
    except OutOfTimeError as error:
        left.append(str(error))
    folded: list[str] = []
    if wait_for_searches(search, until + RESERVE_SECONDS / 2):
        delete_indices(search, hidden)
        folded = [name for kind in FOLDED for name in finish(search, read(search, kind))]
    return {"deleted": [*deleted, *hidden], "folded": folded, "left": left}


def _fold_due(search: OpenSearch, past: Past, now: datetime, expired: set[str], until: float) -> list[str]:
    """Fold the periods of one kind that are over. Return why each of the others stays as it is."""
    left = []
    for name, period in past.periods.items():
        stored = past.indices[name]
        if period.end + QUIET > now or name in expired or stored.moved_to or stored.bytes > MOST_PERIOD_BYTES:
            continue
        if time.monotonic() > until - LEAST_SECONDS:
            raise OutOfTimeError(f"{name} and later ones wait for the next run")
        try:
            fold(search, past, name, until)
        except NotFoldedError as error:
            left.append(str(error))
            continue
        past = read(search, past.kind)  # with an archive that may be new
    return left
