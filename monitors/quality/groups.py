"""Who is judged: the groups with predictions in the last window, and those whose actuals arrived lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import State
from monitors.quality.arrival import LOOK_BACK
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import aggregate
from monitors.quality.predictions import PREDICTIONS
from monitors.reporting.answers import ask
from monitors.reporting.groups import Others, ask_log_groups, ask_versions, list_log_groups, read_listing
from monitors.reporting.periods import Group, Period, format_iso, of_version

NOT_ANSWERED = [{"exists": {"field": "shipper.kept_raw.reason"}}, {"term": {"shipper.failed": True}}]
"""What is no prediction that could be right."""


@dataclass(frozen=True)
class Found:
    """The groups to judge, each with its tasks (none where it has no actual), and what is not judged one by one."""

    tasks: Mapping[Group, tuple[Task, ...]] = field(default_factory=dict)
    others: tuple[Others, ...] = ()


def find_groups(search: OpenSearch, now: datetime, config: Config) -> Found:
    """Return who is judged at a moment."""
    end = now - timedelta(days=config.delay_days)
    window = Period(end - timedelta(days=config.window_days), end)
    answer = _ask_predictions(search, [window.filter("@timestamp")])
    made = read_listing(answer)
    told = _find_tasks(search, [window.filter("predicted")])
    if not config.delay_days:
        since = {"range": {"joined": {"gte": format_iso(now - timedelta(days=config.window_days))}}}
        told = {**_find_tasks(search, [since, Period(now - LOOK_BACK, now).filter("predicted")]), **told}
    tasks = {group: told.get(group, ()) for group in made.buckets} | told
    return Found(tasks, made.others)


def find_tasks_of(search: OpenSearch, group: Group) -> tuple[Task, ...]:
    """Return the tasks of a group that got no actual lately."""
    filters = [{"term": {"@log_group": group.log_group}}, of_version(group.model_version, "model.version")]
    return _find_tasks(search, filters).get(group, ())


def find_tasks_in(search: OpenSearch, period: Period) -> set[tuple[str, Task]]:
    """Return the log groups that have actuals of predictions in a period, each with its tasks."""
    found = _find_tasks(search, [period.filter("predicted")])
    return {(group.log_group, task) for group, tasks in found.items() for task in tasks}


def _ask_predictions(search: OpenSearch, filters: list[dict[str, Any]]) -> Mapping[str, Any]:
    query = {"bool": {"filter": filters, "must_not": NOT_ANSWERED}}

    def over_predictions(aggregations: Mapping[str, Any]) -> Mapping[str, Any]:
        body = {"size": 0, "query": query, "aggs": aggregations}
        found: Mapping[str, Any] = ask(search, PREDICTIONS, body).get("aggregations", {})
        return found

    return list_log_groups(over_predictions, "@log_group.keyword", ask_versions("model.version.keyword"))


def _find_tasks(search: OpenSearch, filters: list[dict[str, Any]]) -> dict[Group, tuple[Task, ...]]:
    query = {"bool": {"filter": [{"term": {"state": State.JOINED}}, *filters]}}
    inner = {"tasks": {"terms": {"field": "task", "size": len(Task)}}}
    listing = read_listing(aggregate(search, query, ask_log_groups("@log_group", ask_versions("model.version", inner))))
    return {
        group: tuple(sorted(Task(each["key"]) for each in bucket["tasks"]["buckets"]))
        for group, bucket in listing.buckets.items()
    }
