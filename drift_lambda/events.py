"""Events: who is told of a run, when, and what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from drift_lambda import report
from drift_lambda.config import DETAIL_TYPE, SOURCE
from drift_lambda.history import REPORTS
from drift_lambda.periods import iso
from drift_lambda.report import measures
from drift_lambda.run import Run
from drift_lambda.verdict import Verdict

SUGGESTIONS = {
    Verdict.DRIFT: "Look at the predictions behind it, then roll back, retrain, or freeze a new reference.",
    Verdict.WARNING: "Look at the predictions behind it.",
    Verdict.STABLE: "Nothing: the predictions are again like the reference.",
    Verdict.NOT_ENOUGH_DATA: "Nothing yet.",
}


class EventError(RuntimeError):
    """EventBridge refused an event; the message carries its reason."""


def speakers(runs: Iterable[Run]) -> list[Run]:
    """Return for each log group the run with the worst verdict, since two versions may answer at once."""
    worst: dict[str, Run] = {}
    for run in runs:
        kept = worst.setdefault(run.group.log_group, run)
        if run.verdict.rank > kept.verdict.rank:
            worst[run.group.log_group] = run
    return list(worst.values())


def is_due(search: OpenSearch, run: Run, cool_down: timedelta) -> bool:
    """Tell whether the event is due: a new verdict to act on, an old one after the cool-down, or its end.

    `not enough data`, and a warning against a preliminary reference, neither start nor end anything.
    """
    if run.verdict is Verdict.NOT_ENOUGH_DATA or (run.verdict is Verdict.WARNING and not run.alarms):
        return False
    last = _last_sent(search, run)
    if last is None or last[0] is not run.verdict:
        return last is not None or run.verdict is not Verdict.STABLE
    return run.verdict is not Verdict.STABLE and run.period.end - last[1] >= cool_down


def remember(search: OpenSearch, run: Run) -> None:
    """Note that the event was sent. A run that breaks off before this sends it again: twice rather than never."""
    document = {**run.summary(), "kind": "event", "verdict": run.verdict, "severity": run.verdict.severity}
    action = report.action(report.index(run), run, "event", {**document, "words": run.explanation})
    helpers.bulk(search, [action], refresh=True)


def _last_sent(search: OpenSearch, run: Run) -> tuple[Verdict, datetime] | None:
    must = [
        {"term": {"kind": "event"}},
        {"term": {"log_group": run.group.log_group}},
        {"range": {"@timestamp": {"lte": iso(run.period.end)}}},
    ]
    body = {"size": 1, "query": {"bool": {"filter": must}}, "sort": [{"@timestamp": "desc"}]}
    answer = search.search(index=REPORTS, body=body, ignore_unavailable=True, allow_no_indices=True)
    for hit in answer["hits"]["hits"]:
        return Verdict(hit["_source"]["verdict"]), datetime.fromisoformat(hit["_source"]["@timestamp"])
    return None


def event(run: Run, dashboard_url: str = "") -> dict[str, Any]:
    """Return the EventBridge entry: the full verdict with every signal's measures, and what a person would do.

    `dashboard_url` is a short link, the only one in an event: what stands behind a `#` is lost when somebody has to
    sign in first. The page that it opens leads on to the predictions of each window.
    """
    detail = {
        **run.summary(),
        **({"dashboard": dashboard_url} if dashboard_url else {}),
        "verdict": run.verdict,
        "severity": run.verdict.severity,
        "words": run.explanation,
        "suggestion": SUGGESTIONS[run.verdict],
        "signals": [measures(finding, run) for finding in run.findings],
    }
    return {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(without_links(detail))}


def without_links(found: Any) -> Any:
    """Return a document without the links that only work for somebody who is in Dashboards already."""
    if isinstance(found, list):
        return [without_links(each) for each in found]
    if isinstance(found, dict):
        return {name: without_links(value) for name, value in found.items() if name != "link"}
    return found


def send(events: Any, run: Run, dashboard_url: str = "") -> None:
    """Put the event on the account's default bus; raises EventError where EventBridge did not take it."""
    answer = events.put_events(Entries=[event(run, dashboard_url)])
    if answer["FailedEntryCount"]:
        raise EventError(f"the event was refused: {answer['Entries']}")
