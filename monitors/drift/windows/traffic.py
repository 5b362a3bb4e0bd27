"""How many predictions a log group made in each hour of the last two months, in one request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from monitors.drift.judgement.usual_traffic import HOUR, LONGEST_DAYS, Traffic
from monitors.drift.judgement.volume import HIGH, LOW
from monitors.drift.windows.searching import ask, of_log_group
from monitors.reporting.periods import Period, read_millis

HOUR_MILLIS = 3_600_000


def count_traffic(
    search: OpenSearch, log_group: str, end: datetime, reported: Mapping[str, Iterable[Period]]
) -> Traffic:
    """Return the traffic by the hour, counted back from `end` to the first prediction.

    `reported` are the windows of which was said that they hold too few (`low`) or too many (`high`).
    """
    period = Period(end - timedelta(days=LONGEST_DAYS), end)
    offset = f"{int(end.timestamp() * 1000) % HOUR_MILLIS}ms"
    hours = {"field": "@timestamp", "fixed_interval": "1h", "offset": offset, "min_doc_count": 1}
    body = {
        "query": of_log_group(log_group, period),
        "aggs": {"hours": {"date_histogram": hours}, "first": {"min": {"field": "@timestamp"}}},
    }
    answer = ask(search, body).get("aggregations")
    counts: list[int] = []
    if answer and answer["first"]["value"] is not None:
        # Only whole hours since the first prediction can be compared with.
        counts = [0] * int((end - read_millis(answer["first"]["value"])) / HOUR)
        for bucket in answer["hours"]["buckets"]:
            age = round((end - read_millis(bucket["key"])) / HOUR) - 1
            if 0 <= age < len(counts):
                counts[age] = bucket["doc_count"]
    low, high = (frozenset(_find_hour(each, end) for each in reported.get(how, ())) for how in (LOW, HIGH))
    return Traffic(end, counts, low, high)


def _find_hour(window: Period, end: datetime) -> int:
    """Return the number of the hour, counted back from `end`, in which a window ended."""
    return int((end - (window.end - min(window.length, HOUR) / 2)) / HOUR)
