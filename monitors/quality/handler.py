"""Says how right the model is: join ▶ keep ▶ judge ▶ report ▶ notify.

Actuals are joined first, then what is joined is counted and judged. Documents come before metrics, and metrics before
events, so what a person is told to look at is there when they look. What cannot be counted whole gets no verdict. All
other groups are judged first; then the function fails, so that its alarm fires. Lambda runs it again, which writes the
same documents.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from opensearchpy import OpenSearch

from monitors.quality.acting import act_on
from monitors.quality.all_groups import judge_each
from monitors.quality.config import Config
from monitors.quality.events import is_due, make_event, pick_speakers, remember
from monitors.quality.found_segments import find_segments
from monitors.quality.joining import join
from monitors.quality.keeping import count_states, delete_old
from monitors.quality.report import publish, write, write_overview
from monitors.quality.run import Run
from monitors.reporting.client import open_search
from monitors.reporting.events import send
from monitors.reporting.periods import read_moment
from monitors.reporting.time_left import MOST_RUNS_LOGGED, RESERVE_SECONDS, find_end

SHARE_OF_JUDGING = 0.5
"""The join leaves this part of the time to the judgement."""


class JudgingError(RuntimeError):
    """Some groups could not be judged; the message names them. All others were."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Join what waits, and judge every group once. The event's `time` (ISO 8601, the schedule sends it) is now.

    Raises JudgingError where a group could not be judged.
    """
    config = Config.from_env()
    search = open_search(config.opensearch_url, config.opensearch_auth, config.opensearch_region)
    now = read_moment(event["time"]) if event.get("time") else datetime.now(UTC)
    end = find_end(context)
    left = end - time.monotonic()
    config = replace(config, found_segments=find_segments(search, now))
    done = join(search, config, now, end - max(RESERVE_SECONDS, SHARE_OF_JUDGING * left) if left < math.inf else end)
    deleted = delete_old(search, now, config.retention_days)
    runs: list[Run] = []
    events = 0
    for judged in judge_each(search, now, config, end - RESERVE_SECONDS):
        write(search, judged)
        events += _tell(search, judged, config)
        runs += [run.without_details() for run in judged]
    write_overview(search, runs, count_states(search))
    publish(boto3.client("cloudwatch"), runs, config.namespace)
    worst = sorted(runs, key=lambda run: -run.verdict.rank)[:MOST_RUNS_LOGGED]
    said = [{"group": str(run.group), "standing": run.verdict, "words": run.explanation} for run in worst]
    result = {"join": dict(done), "deleted": deleted, "runs": said, "events": events}
    print(json.dumps(result), flush=True)
    if problems := [f"{run.group}: {run.problem}" for run in runs if run.problem]:
        raise JudgingError("; ".join(problems))
    return result


def _tell(search: OpenSearch, runs: Sequence[Run], config: Config) -> int:
    """Send the event of a log group, if one is due; return how many were sent."""
    due = [run for run in pick_speakers(runs) if is_due(search, run, timedelta(minutes=config.cool_down_minutes))]
    for run in due:
        send(boto3.client("events"), make_event(run, config.dashboard_url))
        remember(search, run)
    for run in pick_speakers(runs):
        act_on(search, boto3.client("events"), run, config)
    return len(due)
