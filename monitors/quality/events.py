"""Events: who is told of a run, when, and what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.quality import report
from monitors.quality.config import DETAIL_TYPE
from monitors.quality.judged import QualityRun
from monitors.quality.judging import Standing
from monitors.reporting.events import entry, is_news, last_sent, worst_of_each

HISTORY = "quality-*"
SUGGESTIONS = {
    Standing.WORSE: "Look at the predictions that are wrong, then roll back or retrain.",
    Standing.WARNING: "Look at the predictions that are wrong.",
    Standing.AS_BEFORE: "Nothing: the quality is again as in the reference.",
    Standing.NOT_ENOUGH_DATA: "Nothing yet.",
}


def speaking(runs: Iterable[QualityRun]) -> list[QualityRun]:
    """Return for each log group the run that is worst, since two versions may answer at once."""
    return worst_of_each(runs, lambda run: run.group.log_group, lambda run: list(Standing).index(run.standing))


def is_due(search: OpenSearch, run: QualityRun, cool_down: timedelta) -> bool:
    """Tell whether the event is due: a new standing to act on, an old one after the cool-down, or its end.

    `not enough data` says nothing, so it neither starts nor ends anything.
    """
    if run.standing is Standing.NOT_ENOUGH_DATA:
        return False
    last = last_sent(search, HISTORY, run.group.log_group, run.period.end, "standing")
    return is_news(run.standing, Standing.AS_BEFORE, run.period.end, last, cool_down)


def remember(search: OpenSearch, run: QualityRun) -> None:
    """Note that the event was sent. A run that breaks off before this sends it again: twice rather than never."""
    document = {**report.head(run), "kind": "event"}
    search.index(
        index=report.index(run.period.end),
        id=f"{run.identity} event",
        body=document,
        params={"refresh": "true"},
    )


def event(run: QualityRun, dashboard_url: str = "") -> dict[str, Any]:
    """Return the EventBridge entry: the whole run with every figure, and what a person would do."""
    return entry(DETAIL_TYPE, report.head(run) | {"suggestion": SUGGESTIONS[run.standing]}, dashboard_url)
