"""The rows of a query in parts: by day, by the values of a segment field; and how old their truths are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from monitors.quality.counting import aggregate
from monitors.reporting.periods import read_millis

MOST_SEGMENTS = 50


@dataclass(frozen=True)
class Segment:
    """The rows with one value of a segment field."""

    field: str
    value: str
    rows: int
    accuracy: float | None
    mean_absolute_error: float | None


@dataclass(frozen=True)
class Age:
    """How old the truths are."""

    newest_prediction: datetime
    """The newest prediction that has a truth."""
    mean_delay_hours: float
    """From a prediction to its truth, on average."""


def count_days(search: OpenSearch, query: Mapping[str, Any]) -> dict[datetime, Segment]:
    """Return the rows of each UTC day on which predictions were made, with their accuracy or error."""
    aggregation = {"date_histogram": {"field": "predicted", "fixed_interval": "1d", "min_doc_count": 1}}
    answer = aggregate(search, query, {"days": aggregation | {"aggs": _ask_brief()}})
    return {read_millis(each["key"]): _read_segment("day", "", each) for each in answer["days"]["buckets"]}


def count_segments(search: OpenSearch, query: Mapping[str, Any], field: str) -> list[Segment]:
    """Return the most frequent values of a segment field, with the accuracy or error of each."""
    start = f"{field}="
    include = re.sub(r'([.?+*|{}\[\]()"\\#@&<>~])', r"\\\1", start) + ".*"
    aggregation = {"terms": {"field": "segments", "include": include, "size": MOST_SEGMENTS}, "aggs": _ask_brief()}
    buckets = aggregate(search, query, {"segments": aggregation})["segments"]["buckets"]
    return [_read_segment(field, each["key"].removeprefix(start), each) for each in buckets]


def measure_age(search: OpenSearch, query: Mapping[str, Any]) -> Age | None:
    """Return how old the truths of these rows are, None without rows."""
    wanted = {
        "newest": {"max": {"field": "predicted"}},
        "predicted": {"avg": {"field": "predicted"}},
        "told": {"avg": {"field": "@timestamp"}},
    }
    answer = aggregate(search, query, wanted)
    if not answer or answer["newest"]["value"] is None:
        return None
    delay = answer["told"]["value"] - answer["predicted"]["value"]
    return Age(read_millis(answer["newest"]["value"]), delay / 3_600_000)


def _ask_brief() -> dict[str, Any]:
    return {name: {"avg": {"field": field}} for name, field in (("correct", "correct"), ("absolute", "error.absolute"))}


def _read_segment(field: str, value: str, bucket: Mapping[str, Any]) -> Segment:
    return Segment(field, value, bucket["doc_count"], bucket["correct"]["value"], bucket["absolute"]["value"])
