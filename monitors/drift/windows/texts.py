"""Texts of a group, a bounded random sample of them: by the hour for a reference, as one for a window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.statistics.words import Written
from monitors.drift.windows.sampling import MOMENT, sample
from monitors.drift.windows.searching import of_group, without_failed
from monitors.reporting.periods import Group, Period

WINDOW_TEXTS = 2000
HOUR_TEXTS = 200
"""How many texts of each hour of a reference are read, as the average of a day."""
HASHED = "sha256:"
LONGEST_PERIOD = timedelta(days=28)
DERIVED = "shipper.text_characters"
"""What every document has whose text the shipper saw, or was told the shape of."""


def sample_texts(search: OpenSearch, group: Group, period: Period, size: int) -> list[tuple[datetime, Written]]:
    """Return up to `size` random texts with their times; of a text that is not stored the terms that were kept."""
    query = without_failed(of_group(group, period))
    query = {"bool": {**query["bool"], "filter": [*query["bool"]["filter"], {"exists": {"field": DERIVED}}]}}
    rows = sample(search, query, period, size, {"includes": [MOMENT, "text", "shipper.text_terms"]})
    found = ((moment, _read(row)) for moment, row in rows)
    return [(moment, written) for moment, written in found if written is not None]


def _read(row: Mapping[str, Any]) -> Written | None:
    text, terms = row.get("text"), row.get("shipper", {}).get("text_terms")
    if isinstance(text, str) and not text.startswith(HASHED):
        return text
    return frozenset(terms) if terms else None


def sample_hours(search: OpenSearch, group: Group, period: Period) -> dict[datetime, list[Written]]:
    """Return texts of each hour of a period, of a long one of its last days: a request a day."""
    hours: dict[datetime, list[Written]] = {}
    start = max(period.start, period.end - LONGEST_PERIOD)
    while start < period.end:
        day = Period(start, min(start + timedelta(days=1), period.end))
        start = day.end
        size = max(WINDOW_TEXTS, round(HOUR_TEXTS * (day.length / timedelta(hours=1))))
        for moment, text in sample_texts(search, group, day, size):
            hour = moment.replace(minute=0, second=0, microsecond=0)
            hours.setdefault(hour, []).append(text)
    return hours
