"""Events: who is told of a run, when, and what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import QUALITY
from monitors.quality import report
from monitors.quality.config import DETAIL_TYPE
from monitors.quality.judging import Verdict
from monitors.quality.run import Run
from monitors.reporting.events import find_last_sent, is_news, make_entry, pick_worst_of_each

HISTORY = QUALITY.pattern
SUGGESTIONS = {
    Verdict.WORSE: "Look at the predictions that are wrong, then roll back or retrain.",
    Verdict.WARNING: "Look at the predictions that are wrong.",
    Verdict.AS_BEFORE: "Nothing: the quality is again as in the reference.",
    Verdict.NOT_ENOUGH_DATA: "Nothing yet.",
}


def pick_speakers(runs: Iterable[Run]) -> list[Run]:
    """Return for each log group the run that is worst, since two versions may answer at once."""
    return pick_worst_of_each(runs, lambda run: run.group.log_group, lambda run: run.verdict.rank)


def is_due(search: OpenSearch, run: Run, cool_down: timedelta) -> bool:
    """Tell whether the event is due: a new standing to act on, an old one after the cool-down, or its end.

    `not enough data` says nothing, so it neither starts nor ends anything.
    """
    if run.verdict is Verdict.NOT_ENOUGH_DATA:
        return False
    last = find_last_sent(search, HISTORY, run.group.log_group, run.made, "standing")
    return is_news(run.verdict, Verdict.AS_BEFORE, run.made, last, cool_down)


def remember(search: OpenSearch, run: Run) -> None:
    """Note that the event was sent. A run that breaks off before this sends it again: twice rather than never."""
    document = {**report.make_head(run), "kind": "event"}
    search.index(
        index=report.name_index(run.made),
        id=f"{run.identity} event",
        body=document,
        params={"refresh": "true"},
    )


def make_event(run: Run, dashboard_url: str = "") -> dict[str, Any]:
    """Return the EventBridge entry: the whole run with every figure, and what a person would do."""
    return make_entry(DETAIL_TYPE, report.make_head(run) | {"suggestion": SUGGESTIONS[run.verdict]}, dashboard_url)
