"""A bounded sample of a group's documents: as many for a million predictions as for a thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from opensearchpy import OpenSearch

from monitors.drift.windows.searching import ask
from monitors.reporting.periods import Period

MOMENT = "@timestamp"
WINDOW_SAMPLE = 2000
HOUR_SAMPLE = 200
"""How many documents of each hour of a reference are read, as the average of a day."""
Sampled = TypeVar("Sampled")


def sample(
    search: OpenSearch, query: Mapping[str, Any], period: Period, size: int, source: Mapping[str, Sequence[str]]
) -> list[tuple[datetime, Mapping[str, Any]]]:
    """Return the time and the source of up to `size` random documents. The same period gives the same ones.

    Args:
        search: the domain.
        query: which documents; they must lie in `period`.
        period: what the choice depends on, so that a repeated run reads the same documents.
        size: the most documents.
        source: what is read of each, as the search API takes it; its time must be among it.
    """
    chance = {"seed": int(period.end.timestamp()), "field": "_seq_no"}
    scored = {"function_score": {"query": query, "random_score": chance, "boost_mode": "replace"}}
    hits = ask(search, {"size": size, "track_total_hits": False, "query": scored, "_source": source})["hits"]["hits"]
    return [(datetime.fromisoformat(hit["_source"][MOMENT]), hit["_source"]) for hit in hits]


def choose_size(day: Period) -> int:
    """Return how many documents of a day of a reference are read."""
    return max(WINDOW_SAMPLE, round(HOUR_SAMPLE * (day.length / timedelta(hours=1))))


def group_by_hour(rows: Iterable[tuple[datetime, Sampled]]) -> dict[datetime, list[Sampled]]:
    """Return what was sampled by the hour of its time."""
    hours: dict[datetime, list[Sampled]] = {}
    for moment, row in rows:
        hours.setdefault(moment.replace(minute=0, second=0, microsecond=0), []).append(row)
    return hours
