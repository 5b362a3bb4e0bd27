"""Places of lists as columns: `features[3]`. The index does not know places, so they are counted from a random sample.

A list is a vector if it nearly always has the same length; its places are columns like all others. A sample is as large
for a million predictions as for a thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.statistics.distribution import QUANTILES, Tally
from monitors.drift.windows.columns import flatten_row, name_kind
from monitors.drift.windows.fields import Field, Kind
from monitors.drift.windows.plans import Plan, make_buckets, name_value
from monitors.drift.windows.sampling import MOMENT, WINDOW_SAMPLE, choose_size, group_by_hour, sample
from monitors.drift.windows.searching import of_group, without_failed
from monitors.reporting.periods import Group, Period

KINDS = {"numbers": Kind.NUMBER, "texts": Kind.KEYWORD, "booleans": Kind.CATEGORY}
Row = Mapping[str, Any]


def is_place(path: str) -> bool:
    """Tell whether a path names a place of a list."""
    return path.endswith("]")


def sample_places(
    search: OpenSearch, group: Group, period: Period, paths: Iterable[str], size: int = WINDOW_SAMPLE
) -> list[tuple[datetime, Row]]:
    """Return the values of up to `size` random predictions by path, with their times."""
    lists = sorted({path.partition("[")[0] for path in paths})
    if not lists:
        return []
    query = without_failed(of_group(group, period))
    found = sample(search, query, period, size, {"includes": [MOMENT, *lists]})
    return [(moment, flatten_row(row)) for moment, row in found]


def find_place_fields(rows: Sequence[Row], paths: Iterable[str]) -> dict[str, Field]:
    """Return what each place holds in these rows; one without values is absent."""
    return {path: _make_field(path, [row.get(path) for row in rows]) for path in paths}


def _make_field(path: str, values: Sequence[Any]) -> Field:
    kinds = sorted({name_kind(value) for value in values if value is not None})
    if len(kinds) > 1:
        return Field(path, Kind.UNUSABLE, f"{path} holds several types: {', '.join(kinds)}")
    return Field(path, KINDS[kinds[0]] if kinds else Kind.ABSENT)


def answer_questions(field: Field, rows: Sequence[Row], most_values: int) -> dict[str, Any]:
    """Return what `make_questions` would be answered if the index knew places: quantiles, or frequent values."""
    values = [row[field.name] for row in rows if row.get(field.name) is not None]
    if field.kind is Kind.NUMBER:
        ordered = sorted(values)
        quantiles = [ordered[min(int(each * len(ordered)), len(ordered) - 1)] for each in QUANTILES]
        return {"percentiles": {"values": [{"value": each} for each in quantiles]}, "largest": {"value": ordered[-1]}}
    counted = Counter(map(name_value, values)).most_common()
    rest = sum(number for _, number in counted[most_values:])
    return {"values": {"buckets": make_buckets(counted[:most_values]), "sum_other_doc_count": rest}}


def count_places(rows: Sequence[Row], plans: Sequence[Plan]) -> dict[str, Tally]:
    """Return the signals of places, counted in these rows."""
    return {plan.signal: plan.count_values([row.get(plan.field.name) for row in rows]) for plan in plans}


def count_places_by_hour(
    search: OpenSearch, group: Group, period: Period, plans: Sequence[Plan]
) -> dict[datetime, dict[str, Tally]]:
    """Return the signals of places for each hour of a period of at most a day."""
    rows = sample_places(search, group, period, [plan.field.name for plan in plans], choose_size(period))
    return {hour: count_places(of_hour, plans) for hour, of_hour in group_by_hour(rows).items()}
