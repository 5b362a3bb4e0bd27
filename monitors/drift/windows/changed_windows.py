"""Windows that changed after they were judged, by late batches, replayed outages and backfills; or never were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.windows.history import Judged, find_judged_windows
from monitors.drift.windows.searching import (
    INDICES,
    RAW_INDICES,
    VERSION,
    ask,
    of_log_group,
    of_raw_lines,
    without_failed,
)
from monitors.reporting.periods import UNVERSIONED, Group, Period, format_iso

LOOK_BACK = timedelta(days=14)
MOST_WINDOWS = 500
MOST_AT_ONCE = 48
"""The most changed windows that are judged again in one run; the others follow in the next ones."""


def find_changed_windows(
    search: OpenSearch, log_group: str, versions: Iterable[str], period: Period, length: timedelta
) -> list[tuple[Group, Period]]:
    """Return what is to be judged again: the windows before `period` that hold another number of predictions now.

    Windows of this length that no run judged are among them, where the function or the domain did not run.
    The oldest come first, so that what is said of each rests on what was said before it.

    Args:
        search: the domain.
        log_group: whose windows.
        versions: the versions that are judged now; those that were judged then are looked at, too, and no others.
        period: the window of this run.
        length: of the windows that no run judged.
    """
    earlier = Period(period.end - LOOK_BACK, period.end - timedelta(milliseconds=1))
    judged = find_judged_windows(search, log_group, earlier, MOST_WINDOWS)
    if not judged:
        return []
    judged = [*judged, *list_missed_windows(judged, period.start, length)]
    known = {*versions, *(version for window in judged for version in window.predictions)}
    by_window, raw = _count(search, log_group, judged, sorted(known))
    found = []
    for window, now, lines in zip(judged, by_window, raw, strict=True):
        for version in sorted(window.predictions.keys() | now.keys()):
            is_other = now.get(version, 0) != window.predictions.get(version, 0)
            if is_other or (window.raw is not None and lines != window.raw):
                found.append((Group(log_group, version), window.period))
    return sorted(found, key=lambda each: each[1].end)[:MOST_AT_ONCE]


def list_missed_windows(judged: Sequence[Judged], until: datetime, length: timedelta) -> list[Judged]:
    """Return windows of about this length for the time that no judged window covers, after the first one."""
    missed: list[Judged] = []
    ordered = sorted((each.period for each in judged), key=lambda each: each.start)
    covered = ordered[0].end
    for start, end in [*((each.start, each.end) for each in ordered), (until, until)]:
        number = max(0, round((start - covered) / length))
        step = (start - covered) / max(number, 1)
        for i in range(max(0, number - MOST_WINDOWS), number):
            missed.append(Judged(Period(covered + i * step, covered + (i + 1) * step), {}, None))
        covered = max(covered, end)
    return missed[-MOST_WINDOWS:]


def _count(
    search: OpenSearch, log_group: str, judged: Sequence[Judged], known: Sequence[str]
) -> tuple[list[dict[str, int]], list[int]]:
    """Return for each window the predictions of the versions that are known, and the lines kept raw."""
    whole = Period(min(each.period.start for each in judged), max(each.period.end for each in judged))
    ranges = [
        {"key": str(number), "from": format_iso(each.period.start), "to": format_iso(each.period.end)}
        for number, each in enumerate(judged)
    ]
    windows = {"date_range": {"field": "@timestamp", "ranges": ranges}}
    by_version = {"terms": {"field": VERSION, "missing": UNVERSIONED, "size": len(known), "include": known}}
    body = {
        "query": without_failed(of_log_group(log_group, whole)),
        "aggs": {"windows": {**windows, "aggs": {"versions": by_version}}},
    }
    versions: list[dict[str, int]] = [{} for _ in judged]
    for bucket in _list_buckets(ask(search, body)):
        versions[int(bucket["key"])] = {each["key"]: each["doc_count"] for each in bucket["versions"]["buckets"]}
    raw = [0] * len(judged)
    for index in (INDICES, RAW_INDICES):
        answer = ask(search, {"query": of_raw_lines(log_group, whole), "aggs": {"windows": windows}}, index)
        for bucket in _list_buckets(answer):
            raw[int(bucket["key"])] += bucket["doc_count"]
    return versions, raw


def _list_buckets(answer: dict[str, Any]) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = answer.get("aggregations", {}).get("windows", {}).get("buckets", [])
    return found
