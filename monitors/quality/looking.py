"""The looks of a run: the window that is judged, where it ends, and what lies outside of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import INDEX as ACTUALS
from monitors.quality.arrival import HOUR, LOOK_BACK, MOSTLY, choose_end
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import aggregate, of_group
from monitors.quality.groups import NOT_ANSWERED
from monitors.quality.judging import DAY, NEWEST, WINDOW
from monitors.quality.predictions import PREDICTIONS
from monitors.quality.run import Outside
from monitors.reporting.answers import ask
from monitors.reporting.periods import Group, Period, of_version, read_millis

ONE_DAY = timedelta(days=1)
ARRIVED_WITHIN = timedelta(days=7)
"""The delays of actuals that were joined in this time are the usual ones."""
DELAY = "doc['joined'].value.toInstant().toEpochMilli() - doc['predicted'].value.toInstant().toEpochMilli()"


@dataclass(frozen=True)
class Hours:
    """Predictions of a group, and those of them that have an actual, by the start of the hour, for `LOOK_BACK`."""

    predictions: Mapping[datetime, int]
    actuals: Mapping[datetime, int]


def choose_window(search: OpenSearch, group: Group, task: Task | None, now: datetime, config: Config) -> Period:
    """Return the period whose predictions are judged at a moment."""
    end = now - timedelta(days=config.delay_days)
    if task and not config.delay_days:
        hours = count_hours(search, group, task, now)
        end = choose_end(now, hours.predictions, hours.actuals, find_usual_delay(search, group, task, now))
    return Period(end - timedelta(days=config.window_days), end)


def count_hours(search: OpenSearch, group: Group, task: Task, now: datetime) -> Hours:
    """Count predictions and actuals by the hour. Hours count back from `now`, not from the full hour."""
    period = Period(now - LOOK_BACK, now)
    offset = f"{int(now.timestamp() * 1000) % 3_600_000}ms"
    aggregations = [
        {"hours": {"date_histogram": {"field": name, "fixed_interval": "1h", "offset": offset, "min_doc_count": 1}}}
        for name in ("@timestamp", "predicted")
    ]
    answers = [
        ask(search, PREDICTIONS, {"size": 0, "query": of_predictions(group, period), "aggs": aggregations[0]}),
        {"aggregations": aggregate(search, of_rows(group, task, period), aggregations[1])},
    ]
    predictions, actuals = (
        {
            read_millis(each["key"]): each["doc_count"]
            for each in answer.get("aggregations", {}).get("hours", {}).get("buckets", ())
        }
        for answer in answers
    )
    return Hours(predictions, actuals)


def find_usual_delay(search: OpenSearch, group: Group, task: Task, now: datetime) -> timedelta | None:
    """Return the delay within which most actuals came of those that were joined lately; None without any."""
    lately = of_rows(group, task, None)
    lately["bool"]["filter"].append(Period(now - ARRIVED_WITHIN, now + HOUR).filter("joined"))
    percentiles = {"script": {"source": DELAY}, "percents": [100 * MOSTLY]}
    answer = aggregate(search, lately, {"delays": {"percentiles": percentiles}})
    found = next(iter(answer.get("delays", {}).get("values", {}).values()), None)
    return None if found is None or isinstance(found, str) else timedelta(milliseconds=max(0.0, found))


def choose_looks(search: OpenSearch, group: Group, task: Task, window: Period, config: Config) -> dict[str, Period]:
    """Return the looks by name: the window, its last day, and its newest rows, as far as these are shorter."""
    looks = {WINDOW: window}
    if window.length > ONE_DAY:
        looks[DAY] = Period(window.end - ONE_DAY, window.end)
    query = of_rows(group, task, window)
    body = {"size": 1, "from": config.minimum - 1, "query": query, "sort": [{"predicted": "desc"}], "_source": False}
    hits = ask(search, ACTUALS, body)["hits"]["hits"]
    if hits:
        newest = Period(read_millis(hits[0]["sort"][0]), window.end)
        if window.start < newest.start < newest.end:
            looks[NEWEST] = newest
    return looks


def find_outside(search: OpenSearch, group: Group, task: Task, window: Period) -> Outside:
    """Return what is known of actuals whose predictions were made before or after the window."""
    ages = {"oldest": {"min": {"field": "predicted"}}, "newest": {"max": {"field": "predicted"}}}
    ranges = {
        "older": {"lt": window.filter("x")["range"]["x"]["gte"]},
        "newer": {"gte": window.filter("x")["range"]["x"]["lt"]},
    }
    parts = {name: {"filter": {"range": {"predicted": each}}} for name, each in ranges.items()}
    answer = aggregate(search, of_rows(group, task, None), {**parts, **ages})
    if not answer or answer["oldest"]["value"] is None:
        return Outside()
    oldest, newest = (read_millis(answer[name]["value"]) for name in ("oldest", "newest"))
    return Outside(answer["older"]["doc_count"], answer["newer"]["doc_count"], oldest, newest)


def count_predictions(search: OpenSearch, group: Group, period: Period) -> int:
    """Return how many predictions a group made; failed ones do not count."""
    answer = ask(search, PREDICTIONS, {"size": 0, "query": of_predictions(group, period), "track_total_hits": True})
    return int(answer["hits"]["total"]["value"])


def count_predictions_by_day(search: OpenSearch, group: Group, period: Period) -> dict[datetime, int]:
    """Return how many predictions a group made on each UTC day."""
    days = {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d", "min_doc_count": 1}}
    body = {"size": 0, "query": of_predictions(group, period), "aggs": {"days": days}}
    found = ask(search, PREDICTIONS, body).get("aggregations", {}).get("days", {}).get("buckets", ())
    return {read_millis(each["key"]): each["doc_count"] for each in found}


def of_predictions(group: Group, period: Period) -> dict[str, Any]:
    """Return the query for a group's predictions that got an answer."""
    must = [
        {"term": {"@log_group.keyword": group.log_group}},
        of_version(group.model_version, "model.version.keyword"),
        period.filter("@timestamp"),
    ]
    return {"bool": {"filter": must, "must_not": NOT_ANSWERED}}


def of_rows(group: Group, task: Task, period: Period | None) -> dict[str, Any]:
    """Return the query for a group's actuals of a task."""
    return of_group(group.log_group, group.model_version, task, period)
