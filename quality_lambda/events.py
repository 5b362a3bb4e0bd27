"""Events: who is told of a run, when, and what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from quality_lambda import report
from quality_lambda.config import DETAIL_TYPE, SOURCE
from quality_lambda.judged import QualityRun
from quality_lambda.judging import Standing
from quality_lambda.searching import ask, iso

HISTORY = "quality-*"
SUGGESTIONS = {
    Standing.WORSE: "Look at the predictions that are wrong, then roll back or retrain.",
    Standing.WARNING: "Look at the predictions that are wrong.",
    Standing.AS_BEFORE: "Nothing: the quality is again as in the reference.",
    Standing.NOT_ENOUGH_DATA: "Nothing yet.",
}


class EventRefusedError(RuntimeError):
    """EventBridge refused an event; the message carries its reason."""


def speaking(runs: Iterable[QualityRun]) -> list[QualityRun]:
    """Return for each log group the run that is worst: where two versions answer at once, one of them speaks."""
    worst: dict[str, QualityRun] = {}
    for run in runs:
        kept = worst.setdefault(run.group.log_group, run)
        if list(Standing).index(run.standing) > list(Standing).index(kept.standing):
            worst[run.group.log_group] = run
    return list(worst.values())


def is_due(search: OpenSearch, run: QualityRun, cool_down: timedelta) -> bool:
    """Whether the event is due: a new standing to act on, an old one after the cool-down, or its end.

    `not enough data` says nothing, so it neither starts nor ends anything.
    """
    if run.standing is Standing.NOT_ENOUGH_DATA:
        return False
    last = _last_sent(search, run)
    if last is None or last[0] is not run.standing:
        return last is not None or run.standing is not Standing.AS_BEFORE
    return run.standing is not Standing.AS_BEFORE and run.period.end - last[1] >= cool_down


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
    """Return the EventBridge entry: the whole run with every figure, and what a person would do.

    `dashboard_url` is a short link, the only one in an event: what stands behind a `#` is lost when somebody has to
    sign in first.
    """
    link = {"dashboard": dashboard_url} if dashboard_url else {}
    detail = report.head(run) | link | {"suggestion": SUGGESTIONS[run.standing]}
    return {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(without_links(detail))}


def without_links(found: Any) -> Any:
    """Return a document without the links that only work for somebody who is in Dashboards already."""
    if isinstance(found, list):
        return [without_links(each) for each in found]
    if isinstance(found, dict):
        return {name: without_links(value) for name, value in found.items() if name != "link"}
    return found


def send(events: Any, run: QualityRun, dashboard_url: str = "") -> None:
    """Put the event on the account's default bus; raises EventRefusedError where EventBridge did not take it."""
    answer = events.put_events(Entries=[event(run, dashboard_url)])
    if answer["FailedEntryCount"]:
        raise EventRefusedError(f"the event was refused: {answer['Entries']}")


def _last_sent(search: OpenSearch, run: QualityRun) -> tuple[Standing, datetime] | None:
    must = [
        {"term": {"kind": "event"}},
        {"term": {"log_group": run.group.log_group}},
        {"range": {"@timestamp": {"lte": iso(run.period.end)}}},
    ]
    body = {"size": 1, "query": {"bool": {"filter": must}}, "sort": [{"@timestamp": "desc"}]}
    for hit in ask(search, HISTORY, body)["hits"]["hits"]:
        return Standing(hit["_source"]["standing"]), datetime.fromisoformat(hit["_source"]["@timestamp"])
    return None
