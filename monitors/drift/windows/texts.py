"""Texts of a group, a bounded random sample of them: by the hour for a reference, as one for a window."""

from __future__ import annotations

from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from monitors.drift.windows.sampling import MOMENT, sample
from monitors.drift.windows.searching import of_group, without_failed
from monitors.reporting.periods import Group, Period

WINDOW_TEXTS = 2000
HOUR_TEXTS = 200
"""How many texts of each hour of a reference are read, as the average of a day."""
HASHED = "sha256:"
LONGEST_PERIOD = timedelta(days=28)


def sample_texts(search: OpenSearch, group: Group, period: Period, size: int) -> list[tuple[datetime, str]]:
    """Return up to `size` random texts with their times; none where no text is stored, or only its hash."""
    query = without_failed(of_group(group, period))
    query = {"bool": {**query["bool"], "filter": [*query["bool"]["filter"], {"exists": {"field": "text"}}]}}
    rows = sample(search, query, period, size, {"includes": [MOMENT, "text"]})
    return [
        (moment, row["text"])
        for moment, row in rows
        if isinstance(row["text"], str) and not row["text"].startswith(HASHED)
    ]


def sample_hours(search: OpenSearch, group: Group, period: Period) -> dict[datetime, list[str]]:
    """Return texts of each hour of a period, of a long one of its last days: a request a day."""
    hours: dict[datetime, list[str]] = {}
    start = max(period.start, period.end - LONGEST_PERIOD)
    while start < period.end:
        day = Period(start, min(start + timedelta(days=1), period.end))
        start = day.end
        size = max(WINDOW_TEXTS, round(HOUR_TEXTS * (day.length / timedelta(hours=1))))
        for moment, text in sample_texts(search, group, day, size):
            hour = moment.replace(minute=0, second=0, microsecond=0)
            hours.setdefault(hour, []).append(text)
    return hours
