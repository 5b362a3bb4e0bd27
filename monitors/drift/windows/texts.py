"""Texts of a group, a bounded random sample of them: by the hour for a reference, as one for a window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.statistics.words import Written
from monitors.drift.windows.sampling import MOMENT, choose_size, group_by_hour, sample
from monitors.drift.windows.searching import of_group, without_failed
from monitors.reporting.periods import Group, Period

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
    found: list[tuple[datetime, Written]] = []
    start = max(period.start, period.end - LONGEST_PERIOD)
    while start < period.end:
        day = Period(start, min(start + timedelta(days=1), period.end))
        start = day.end
        found += sample_texts(search, group, day, choose_size(day))
    return group_by_hour(found)
