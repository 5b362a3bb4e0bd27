"""Windows from OpenSearch: aggregations only, so a million predictions give no larger an answer than a thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from monitors.drift.judgement.signals import FAILED, KEPT_RAW
from monitors.drift.statistics.distribution import Distribution, Tally
from monitors.drift.statistics.seasons import kind_of_hour
from monitors.drift.windows.places import Row, count_places, count_places_by_hour, is_place, sample_places
from monitors.drift.windows.plans import Plan, UncountableError
from monitors.drift.windows.searching import (
    HAS_FAILED,
    INDICES,
    LOG_GROUP,
    RAW_INDICES,
    ask,
    of_group,
    of_log_group,
    of_raw_lines,
    read_total,
    without_failed,
)
from monitors.reporting.periods import Group, Period, format_iso, read_millis

HOUR = timedelta(hours=1)
HOURLY: dict[str, Any] = {
    "hours": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1h", "min_doc_count": 1}}
}
MOST_COUNTED = 40
"""How many signals one request counts by the hour. An answer may hold 65,535 buckets."""
REFUSED = (400, 500)
"""What OpenSearch answers to an aggregation that does not fit a field."""


@dataclass(frozen=True)
class Window:
    """What was predicted in a period, counted.

    `hours` is how many predictions fell in each kind of hour (see seasons.py). `problems` says of each signal that
    could not be counted why.
    """

    period: Period
    predictions: int
    signals: Mapping[str, Tally]
    hours: Mapping[int, float] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def count(search: OpenSearch, group: Group, period: Period, plans: Sequence[Plan]) -> Window:
    """Count a window by its plans. A signal that cannot be counted is left out, and `problems` says why."""
    problems: dict[str, str] = {}
    usable, places = _split([plan for plan in plans if not _note_problem(plan, problems)])
    answer = _ask_each(search, without_failed(of_group(group, period)), usable, problems)
    predictions = read_total(answer)
    signals = _read_counts(answer, usable, problems)
    rows = [row for _, row in sample_places(search, group, period, [plan.field.name for plan in places])]
    signals |= count_places(rows, places)
    failed = read_total(ask(search, {"query": {"bool": {"filter": [of_group(group, period), HAS_FAILED]}}}))
    signals[FAILED] = Distribution(("answered", "failed"), (predictions, failed))
    signals[KEPT_RAW] = Distribution(("indexed", "kept raw"), count_lines(search, group.log_group, period))
    hours: dict[int, float] = {}
    for bucket in _list_hours(answer):
        kind = kind_of_hour(read_millis(bucket["key"]))
        hours[kind] = hours.get(kind, 0) + bucket["doc_count"]
    return Window(period, predictions, signals, hours, problems)


def count_columns(
    search: OpenSearch, group: Group, window: Window, plans: Sequence[Plan], rows: Sequence[Row]
) -> tuple[Window, dict[str, str]]:
    """Return a window with the counts of these plans alone, and why some cannot be counted; by one request.

    `rows` is the sample in which places of lists are counted.
    """
    problems: dict[str, str] = {}
    plans, places = _split(plans)
    answer = _ask_each(search, without_failed(of_group(group, window.period)), plans, problems)
    return replace(window, signals=_read_counts(answer, plans, problems) | count_places(rows, places)), problems


def _split(plans: Sequence[Plan]) -> tuple[list[Plan], list[Plan]]:
    """Return what the index counts, and the places of lists."""
    places = [plan for plan in plans if is_place(plan.field.name)]
    return [plan for plan in plans if not is_place(plan.field.name)], places


def _read_counts(answer: dict[str, Any], plans: Sequence[Plan], problems: dict[str, str]) -> dict[str, Tally]:
    found, predictions = answer.get("aggregations", {}), read_total(answer)
    signals: dict[str, Tally] = {}
    for plan in plans:
        if plan.signal in problems:
            continue
        try:
            signals[plan.signal] = plan.counts(found.get(plan.signal), predictions)
        except UncountableError as error:
            problems[plan.signal] = str(error)
    return signals


def _note_problem(plan: Plan, problems: dict[str, str]) -> bool:
    try:
        plan.check()
    except UncountableError as error:
        problems[plan.signal] = str(error)
    return plan.signal in problems


def _ask_each(
    search: OpenSearch, query: dict[str, Any], plans: Sequence[Plan], problems: dict[str, str]
) -> dict[str, Any]:
    """Ask for all signals at once. If that is refused, ask for each by itself, so that one odd field stops no other."""
    try:
        return ask(search, {"query": query, "aggs": HOURLY | {plan.signal: plan.aggregation() for plan in plans}})
    except TransportError as error:
        if error.status_code not in REFUSED:
            raise
    answer = ask(search, {"query": query, "aggs": HOURLY})
    for plan in plans:
        try:
            alone = ask(search, {"query": query, "aggs": {plan.signal: plan.aggregation()}})
        except TransportError as error:
            if error.status_code not in REFUSED:
                raise
            problems[plan.signal] = f"OpenSearch cannot count {plan.field.name}: {error.error}"
        else:
            answer.setdefault("aggregations", {}).update(alone.get("aggregations", {}))
    return answer


def count_hours(search: OpenSearch, group: Group, period: Period, plans: Sequence[Plan]) -> dict[datetime, Window]:
    """Count each hour of a period that holds predictions. Each request is for a day and some signals."""
    windows: dict[datetime, Window] = {}
    start = period.start
    plans, places = _split(plans)
    nothing = count_places([], places)
    while start < period.end:
        day = Period(start, min(start + timedelta(days=1), period.end))
        start = day.end
        raw = _count_raw_by_hour(search, group.log_group, day)
        of_places = count_places_by_hour(search, group, day, places)
        for at in range(0, max(len(plans), 1), MOST_COUNTED):
            for hour, window in _count_hours_of_day(search, group, day, plans[at : at + MOST_COUNTED], raw):
                earlier = windows[hour].signals if hour in windows else of_places.get(hour, nothing)
                windows[hour] = replace(window, signals={**earlier, **window.signals})
    return windows


def _count_hours_of_day(
    search: OpenSearch, group: Group, day: Period, plans: Sequence[Plan], raw: Mapping[datetime, int]
) -> Iterator[tuple[datetime, Window]]:
    inner = {plan.signal: plan.aggregation() for plan in plans}
    answered = {"filter": {"bool": {"must_not": [HAS_FAILED]}}, "aggs": inner}
    body = {"hours": {**HOURLY["hours"], "aggs": {"answered": answered, "failed": {"filter": HAS_FAILED}}}}
    for bucket in _list_hours(ask(search, {"query": of_group(group, day), "aggs": body})):
        hour, found = read_millis(bucket["key"]), bucket["answered"]
        predictions = found["doc_count"]
        signals = {plan.signal: plan.counts(found.get(plan.signal), predictions) for plan in plans}
        signals[FAILED] = Distribution(("answered", "failed"), (predictions, bucket["failed"]["doc_count"]))
        signals[KEPT_RAW] = Distribution(("indexed", "kept raw"), (bucket["doc_count"], raw.get(hour, 0)))
        yield hour, Window(Period(hour, hour + HOUR), predictions, signals)


def count_lines(search: OpenSearch, log_group: str, period: Period) -> tuple[int, int]:
    """Return how many lines of a log group were indexed as predictions, and how many were kept raw."""
    raw = {"query": of_raw_lines(log_group, period)}
    in_both = read_total(ask(search, raw)) + read_total(ask(search, raw, RAW_INDICES))
    return read_total(ask(search, {"query": of_log_group(log_group, period)})), in_both


def _count_raw_by_hour(search: OpenSearch, log_group: str, period: Period) -> dict[datetime, int]:
    found: dict[datetime, int] = {}
    for index in (INDICES, RAW_INDICES):
        for bucket in _list_hours(ask(search, {"query": of_raw_lines(log_group, period), "aggs": HOURLY}, index)):
            hour = read_millis(bucket["key"])
            found[hour] = found.get(hour, 0) + bucket["doc_count"]
    return found


def _list_hours(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = answer.get("aggregations", {}).get("hours", {}).get("buckets", [])
    return found


def count_ahead(search: OpenSearch, log_group: str, after: datetime) -> int:
    """Return how many predictions and raw lines carry a time after `after`: some clock is wrong."""
    late = {"range": {"@timestamp": {"gte": format_iso(after)}}}
    body = {"query": {"bool": {"filter": [late, {"term": {LOG_GROUP: log_group}}]}}}
    return read_total(ask(search, body)) + read_total(ask(search, body, RAW_INDICES))


def find_first_predictions(search: OpenSearch, group: Group, number: int) -> tuple[int, Period | None]:
    """Return how many predictions a group has, up to `number`, and the period of its first `number` if it has them.

    Failed ones do not count. Predictions of the same millisecond as the last one belong to the period too.
    """
    body = {"query": without_failed(of_group(group)), "size": 1, "sort": [{"@timestamp": "asc"}], "_source": False}
    oldest = ask(search, body)
    if read_total(oldest) < number:
        return read_total(oldest), None
    last = ask(search, body | {"from": number - 1})
    start, end = (read_millis(answer["hits"]["hits"][0]["sort"][0]) for answer in (oldest, last))
    return number, Period(start, end + timedelta(milliseconds=1))
