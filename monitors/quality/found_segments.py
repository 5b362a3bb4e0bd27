"""Fields by whose values quality is counted unasked: the novelty of the inputs, and columns that drifted."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import DRIFT
from monitors.reporting.answers import ask
from monitors.reporting.periods import Period

NOVELTY = "novelty"
LOOK_BACK = timedelta(days=14)
MOST_REPORTS = 500
MOST_COLUMNS = 5
"""How many columns that drifted make segments, those that drifted last."""


def find_segments(search: OpenSearch, now: datetime) -> tuple[str, ...]:
    """Return the fields to count by. Columns are those that drift named in the last two weeks, if it runs.

    Places of lists, such as `features[3]`, are left out: the index knows none.
    """
    moved: list[dict[str, Any]] = [{"term": {"kind": "signal"}}, {"exists": {"field": "columns.moved"}}]
    moved += [{"range": {"severity": {"gte": 1}}}, Period(now - LOOK_BACK, now).filter("@timestamp")]
    body = {
        "size": MOST_REPORTS,
        "query": {"bool": {"filter": moved}},
        "sort": [{"@timestamp": "desc"}],
        "_source": ["columns.moved"],
    }
    hits = ask(search, DRIFT.pattern, body)["hits"]["hits"]
    columns = dict.fromkeys(path for hit in hits for path in hit["_source"]["columns"]["moved"] if path[-1] != "]")
    return (NOVELTY, *list(columns)[:MOST_COLUMNS])


def name_value(field: str, value: Any) -> str | None:
    """Return the part that a value belongs to: a tenth of novelty, the range of a number, a word as it is.

    A number's range has one leading digit, so that ages and incomes make a few parts. None for what has no part.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if field == NOVELTY:
        tenth = min(max(int(value * 10 + 1e-9), 0), 9)
        return f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}"
    if not value:
        return "0"
    step = 10.0 ** math.floor(math.log10(abs(value)))
    low = math.floor(value / step + 1e-9) * step
    return f"{low:.6g} to {low + step:.6g}" if abs(value) >= 10 or value != int(value) else f"{value:.6g}"
