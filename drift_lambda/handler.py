"""Compares the last window of predictions with what was normal: groups ▶ count ▶ judge ▶ report ▶ notify.

Documents first, then metrics, then the event: what a person is told to look at is there when they look. Anything that
cannot be counted whole raises, so that no verdict comes from a part of the data; Lambda then runs it again, which
writes the same documents.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from drift_lambda.client import open_client
from drift_lambda.comparing import compare_all
from drift_lambda.config import Config
from drift_lambda.events import is_due, remember, send, speakers
from drift_lambda.report import publish, write
from drift_lambda.searching import Period, iso


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Judge every group once; the event may name the window, see `window`."""
    config = Config.from_env()
    search = open_client(config)
    runs = compare_all(search, window(event, config), config)
    for run in runs:
        write(search, run)
    publish(boto3.client("cloudwatch"), runs, config.namespace)
    due = [run for run in speakers(runs) if is_due(search, run, timedelta(minutes=config.cool_down_minutes))]
    for run in due:
        send(boto3.client("events"), run)
        remember(search, run)
    verdicts = [{**run.summary(), "verdict": run.verdict, "words": run.words} for run in runs]
    print(json.dumps({"runs": verdicts, "events": len(due)}), flush=True)
    return {"runs": verdicts, "events": len(due)}


def window(event: dict[str, Any], config: Config) -> Period:
    """The window of a run: up to the event's `time` (ISO 8601, the schedule sends it), which a retry has too; else now.

    It starts at the event's `from`, or else `window_minutes` before. A time without an offset is UTC; one that is no
    time raises ValueError.
    """
    end = _moment(event["time"]) if event.get("time") else datetime.now(UTC)
    length = timedelta(minutes=config.window_minutes)
    period = Period(_moment(event["from"]) if event.get("from") else end - length, end)
    if period.start >= period.end:
        raise ValueError(f"the window from {iso(period.start)} to {iso(period.end)} is empty")
    return period


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
