"""How many predictions a log group made, now and at the same time of earlier days, in one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from monitors.drift.judgement.volume import Traffic, choose_lengths, yield_earlier_windows
from monitors.drift.windows.searching import ask, of_log_group
from monitors.reporting.periods import Period, format_iso, read_millis

NOW = "now"


def count_traffic(
    search: OpenSearch, log_group: str, end: datetime, window: timedelta, unusual: Sequence[Period]
) -> list[Traffic]:
    """Return the traffic for each length that is looked at.

    Days with an unusual volume are left out while there are others. Days before the first prediction do not exist.
    """
    looked_at = choose_lengths(window)
    windows: dict[str, Period] = {}
    for which, length in enumerate(looked_at):
        windows[f"{which} {NOW}"] = Period(end - length, end)
        for day, (_, periods) in enumerate(yield_earlier_windows(end, length)):
            windows |= {f"{which} {day} {shift}": each for shift, each in enumerate(periods)}
    counts, first = count_windows(search, log_group, windows)
    found = []
    for which, length in enumerate(looked_at):
        days: dict[datetime, tuple[int, int]] = {}
        suspicious: dict[datetime, tuple[int, int]] = {}
        for day, (moment, periods) in enumerate(yield_earlier_windows(end, length)):
            there = [shift for shift, each in enumerate(periods) if first is not None and each.start >= first]
            if there:
                row = [counts[f"{which} {day} {shift}"] for shift in there]
                whole = Period(periods[0].start, periods[-1].end)
                into = suspicious if any(_overlaps(whole, each) for each in unusual) else days
                into[moment] = min(row), max(row)
        found.append(Traffic(counts[f"{which} {NOW}"], days or suspicious, length))
    return found


def count_windows(
    search: OpenSearch, log_group: str, windows: dict[str, Period]
) -> tuple[dict[str, int], datetime | None]:
    """Return how many predictions each named window holds, and when the first of all was made."""
    ranges = [
        {"key": name, "from": format_iso(each.start), "to": format_iso(each.end)} for name, each in windows.items()
    ]
    period = Period(min(each.start for each in windows.values()), max(each.end for each in windows.values()))
    body = {
        "query": of_log_group(log_group, period),
        "aggs": {
            "windows": {"date_range": {"field": "@timestamp", "ranges": ranges}},
            "first": {"min": {"field": "@timestamp"}},
        },
    }
    answer = ask(search, body).get("aggregations")
    if answer is None or answer["first"]["value"] is None:
        return dict.fromkeys(windows, 0), None
    counts = {bucket["key"]: bucket["doc_count"] for bucket in answer["windows"]["buckets"]}
    return counts, read_millis(answer["first"]["value"])


def _overlaps(one: Period, other: Period) -> bool:
    return one.start < other.end and other.start < one.end
