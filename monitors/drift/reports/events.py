"""Events: who is told of a run, when, and what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from monitors.drift.config import DETAIL_TYPE
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports import report
from monitors.drift.reports.report import list_measures
from monitors.drift.reports.run import Run
from monitors.drift.windows.history import REPORTS
from monitors.reporting.events import find_last_sent, is_news, make_entry, pick_worst_of_each

SUGGESTIONS = {
    Verdict.DRIFT: "Look at the predictions behind it, then roll back, retrain, or freeze a new reference.",
    Verdict.WARNING: "Look at the predictions behind it.",
    Verdict.STABLE: "Nothing: the predictions are again like the reference.",
    Verdict.NOT_ENOUGH_DATA: "Nothing yet.",
}


def pick_speakers(runs: Iterable[Run]) -> list[Run]:
    """Return for each log group the run with the worst verdict, since two versions may answer at once."""
    return pick_worst_of_each(runs, lambda run: run.group.log_group, lambda run: run.verdict.rank)


def is_due(search: OpenSearch, run: Run, cool_down: timedelta) -> bool:
    """Tell whether the event is due: a new verdict to act on, an old one after the cool-down, or its end.

    `not enough data`, and a warning against a preliminary reference, neither start nor end anything.
    """
    if run.verdict is Verdict.NOT_ENOUGH_DATA or (run.verdict is Verdict.WARNING and not run.alarms):
        return False
    last = find_last_sent(search, REPORTS, run.group.log_group, run.period.end, "verdict")
    return is_news(run.verdict, Verdict.STABLE, run.period.end, last, cool_down)


def remember(search: OpenSearch, run: Run) -> None:
    """Note that the event was sent. A run that breaks off before this sends it again: twice rather than never."""
    document = {**run.summary(), "kind": "event", "verdict": run.verdict, "severity": run.verdict.severity}
    action = report.make_action(report.name_index(run), run, "event", {**document, "words": run.explanation})
    helpers.bulk(search, [action], refresh=True)


def make_event(run: Run, dashboard_url: str = "") -> dict[str, Any]:
    """Return the EventBridge entry: the full verdict with every signal's measures, and what a person would do.

    The page that `dashboard_url` opens leads on to the predictions of each window.
    """
    detail = {
        **run.summary(),
        "verdict": run.verdict,
        "severity": run.verdict.severity,
        "words": run.explanation,
        "suggestion": SUGGESTIONS[run.verdict],
        "signals": [list_measures(finding, run) for finding in run.findings],
    }
    return make_entry(DETAIL_TYPE, detail, dashboard_url)
