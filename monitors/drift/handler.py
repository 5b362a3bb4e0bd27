"""Compares the last window of predictions with what was normal: groups ▶ count ▶ judge ▶ report ▶ notify.

Documents first, then metrics, then the event: what a person is told to look at is there when they look. What cannot be
counted whole gets no verdict from a part of it. All other groups are judged first; then the function fails, so that its
alarm fires. Lambda runs it again, which writes the same documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from opensearchpy import OpenSearch

from monitors.drift.all_groups import Judgements, compare_each
from monitors.drift.config import Config
from monitors.drift.reports.acting import act_on
from monitors.drift.reports.events import is_due, make_event, pick_speakers, remember
from monitors.drift.reports.report import finish, publish, write
from monitors.drift.reports.run import Run
from monitors.reporting.client import open_search
from monitors.reporting.events import send
from monitors.reporting.periods import Period, read_moment
from monitors.reporting.time_left import MOST_RUNS_LOGGED, RESERVE_SECONDS, find_end


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Judge every group once; the event may name the window, see `window`."""
    config = Config.from_env()
    search = open_search(config.opensearch_url, config.opensearch_auth, config.opensearch_region)
    until = find_end(context) - RESERVE_SECONDS
    outcome, events = Judgements(), 0
    for each in compare_each(search, choose_window(event, config), config, until):
        for run in (*each.again, *each.runs):
            write(search, run)
        events += _tell(search, each, config)
        outcome.add(each.without_details())
    finish(search, outcome.runs)
    publish(boto3.client("cloudwatch"), outcome.runs, config.namespace, of_signals=config.metrics == "signals")
    report = {"runs": _summarise(outcome.runs), "judged_again": _summarise(outcome.again), "events": events}
    print(json.dumps(report), flush=True)
    outcome.check()
    return report


def _tell(search: OpenSearch, outcome: Judgements, config: Config) -> int:
    """Send the events of a log group that are due, and ask for what acts on them; return how many events were sent."""
    # A problem that is found in an earlier window is told; that an earlier window turned out well is not.
    late = [run for run in outcome.again if run.alarms]
    sent = 0
    for run in (*late, *pick_speakers(outcome.runs)):
        if is_due(search, run, timedelta(minutes=config.cool_down_minutes)):
            send(boto3.client("events"), make_event(run, config.dashboard_url))
            remember(search, run)
            sent += 1
    for run in pick_speakers(outcome.runs):
        act_on(search, boto3.client("events"), run, config)
    return sent


def _summarise(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Return the worst runs: a function's log event and its answer hold no more."""
    worst = sorted(runs, key=lambda run: -run.verdict.rank)[:MOST_RUNS_LOGGED]
    return [{**run.summary(), "verdict": run.verdict, "words": run.explanation} for run in worst]


def choose_window(event: dict[str, Any], config: Config) -> Period:
    """Return the window of a run.

    The schedule's event has a `time` (ISO 8601), which a retry has too: the window ends `margin_minutes` before it,
    since predictions take a moment to arrive. A person's event may name the window's `from`; it then ends at `time`,
    or now. A time without an offset is UTC; one that is no time raises ValueError.
    """
    end = read_moment(event["time"]) if event.get("time") else datetime.now(UTC)
    if event.get("time") and not event.get("from"):
        end -= timedelta(minutes=config.margin_minutes)
    length = timedelta(minutes=config.window_minutes)
    period = Period(read_moment(event["from"]) if event.get("from") else end - length, end)
    if period.start >= period.end:
        raise ValueError(f"the window from {period} is empty")
    return period
