"""Events on EventBridge: who speaks for a log group, when an event is due, and what it carries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from opensearchpy import OpenSearch

from contracts.visible import visible_in
from monitors.reporting.answers import ask
from monitors.reporting.periods import format_iso

Run = TypeVar("Run")
SOURCE = "prediction-monitoring"
"""What rules match on, beside the detail type."""


class EventRefusedError(RuntimeError):
    """EventBridge refused an event; the message carries its reason."""


@dataclass(frozen=True)
class Sent:
    """What the last event of a log group said, and of which moment."""

    said: str
    moment: datetime


def pick_worst_of_each(runs: Iterable[Run], log_group: Callable[[Run], str], rank: Callable[[Run], int]) -> list[Run]:
    """Return for each log group the first run of the highest rank: where two versions answer, one of them speaks."""
    worst: dict[str, Run] = {}
    for run in runs:
        kept = worst.setdefault(log_group(run), run)
        if rank(run) > rank(kept):
            worst[log_group(run)] = run
    return list(worst.values())


def find_last_sent(search: OpenSearch, reports: str, log_group: str, until: datetime, field: str) -> Sent | None:
    """Return the newest event of a log group up to a moment. `field` of the report's document is what it said."""
    must = [
        {"term": {"kind": "event"}},
        {"term": {"log_group": log_group}},
        {"range": {"@timestamp": {"lte": format_iso(until)}}},
    ]
    body = {"size": 1, "query": {"bool": {"filter": must}}, "sort": [{"@timestamp": "desc"}]}
    for hit in ask(search, reports, body)["hits"]["hits"]:
        return Sent(hit["_source"][field], datetime.fromisoformat(hit["_source"]["@timestamp"]))
    return None


def is_news(said: str, quiet: str, now: datetime, last: Sent | None, cool_down: timedelta) -> bool:
    """Tell whether an event is due: something new to act on, the same after the cool-down, or its end, `quiet`."""
    if last is None or last.said != said:
        return last is not None or said != quiet
    return said != quiet and now - last.moment >= cool_down


def make_entry(detail_type: str, detail: Mapping[str, Any], dashboard_url: str) -> dict[str, Any]:
    """Return the EventBridge entry.

    `dashboard_url` is a short link, the only one in an event: what stands behind a `#` is lost when somebody has to
    sign in first. Control characters of labels and versions are shown as text, because an event becomes a mail.
    """
    link = {"dashboard": dashboard_url} if dashboard_url else {}
    shown = visible_in(link | without_links(detail))
    return {"Source": SOURCE, "DetailType": detail_type, "Detail": json.dumps(shown)}


def without_links(found: Any) -> Any:
    """Return a document without the links that only work for somebody who is in Dashboards already."""
    if isinstance(found, list):
        return [without_links(each) for each in found]
    if isinstance(found, Mapping):
        return {name: without_links(value) for name, value in found.items() if name != "link"}
    return found


def send(events: Any, made: Mapping[str, Any]) -> None:
    """Put the entry on the account's default bus; raises EventRefusedError where EventBridge did not take it."""
    answer = events.put_events(Entries=[made])
    if answer["FailedEntryCount"]:
        raise EventRefusedError(f"the event was refused: {answer['Entries']}")
