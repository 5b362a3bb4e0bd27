"""Windows from OpenSearch: aggregations only, so a million predictions give no larger an answer than a thousand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from drift_lambda.config import Config
from drift_lambda.distribution import (
    MISSING,
    OTHER,
    QUANTILES,
    Distribution,
    bin_edges,
    binned,
    categories,
)
from drift_lambda.searching import (
    INDICES,
    IS_RAW,
    LOG_GROUP,
    UNVERSIONED,
    VERSION,
    CountingError,
    Group,
    Period,
    ask,
    from_millis,
    iso,
    of_group,
    of_log_group,
    total,
    within,
)
from drift_lambda.verdict import KEPT_RAW, LABEL, SCORE

LENGTH = "text_length"
FIELDS = {LABEL: "prediction.label.keyword", SCORE: "prediction.score", LENGTH: "shipper.text_characters"}
MOST_VALUES = 100
MOST_GROUPS = 1000
NUMBERS = {"double", "float", "half_float", "scaled_float", "long", "integer", "short", "byte", "unsigned_long"}
Edges = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Window:
    """What was predicted in a period, counted."""

    period: Period
    predictions: int
    signals: Mapping[str, Distribution]


def watched(config: Config) -> dict[str, str]:
    """Signal → field, of those signals that are counted from a field."""
    return FIELDS | {field: field for field in config.fields}


def groups(search: OpenSearch, period: Period) -> dict[Group, datetime]:
    """Every log group and model version with a prediction in the period, and the time of its newest.

    Raises CountingError above 1,000 log groups, or 1,000 versions in one of them.
    """
    versions = {
        "terms": {"field": VERSION, "missing": UNVERSIONED, "size": MOST_GROUPS},
        "aggs": {"newest": {"max": {"field": "@timestamp"}}},
    }
    by_group = {"terms": {"field": LOG_GROUP, "size": MOST_GROUPS}, "aggs": {"versions": versions}}
    body = {"query": {"bool": {"filter": within(period), "must_not": [IS_RAW]}}, "aggs": {"groups": by_group}}
    answer = ask(search, body).get("aggregations")
    if answer is None:
        return {}
    found = answer["groups"]
    if found["sum_other_doc_count"] or any(each["versions"]["sum_other_doc_count"] for each in found["buckets"]):
        raise CountingError(f"more than {MOST_GROUPS:,} log groups, or model versions in one: not all can be compared")
    return {
        Group(log_group["key"], version["key"]): from_millis(version["newest"]["value"])
        for log_group in found["buckets"]
        for version in log_group["versions"]["buckets"]
    }


def find_edges(search: OpenSearch, group: Group, period: Period, config: Config) -> dict[str, tuple[float, ...]]:
    """The bin edges that a reference freezes, for each watched field that holds numbers; none without values."""
    fields = watched(config)
    types = search.field_caps(index=INDICES, fields=",".join(fields.values()))["fields"]
    numbers = [signal for signal, field in fields.items() if NUMBERS & types.get(field, {}).keys()]
    if not numbers:
        return {}
    aggregations: dict[str, Any] = {}
    for signal in numbers:
        percents = [100 * quantile for quantile in QUANTILES]
        aggregations[signal] = {"percentiles": {"field": fields[signal], "percents": percents, "keyed": False}}
        aggregations[f"largest {signal}"] = {"max": {"field": fields[signal]}}
    answer = ask(search, {"query": of_group(group, period), "aggs": aggregations})["aggregations"]
    edges: dict[str, tuple[float, ...]] = {}
    for signal in numbers:
        largest = answer[f"largest {signal}"]["value"]
        quantiles = [each["value"] for each in answer[signal]["values"] if each["value"] is not None]
        edges[signal] = () if largest is None else bin_edges(quantiles, largest)
    return edges


def count(search: OpenSearch, group: Group, period: Period, fields: Mapping[str, str], edges: Edges) -> Window:
    """Count the signals in `fields`: numbers into their `edges`, and everything else by its values."""
    aggregations = {
        signal: _into_bins(field, edges[signal]) if signal in edges else _by_value(field)
        for signal, field in fields.items()
    }
    answer = ask(search, {"query": of_group(group, period), "aggs": aggregations})
    predictions = total(answer)
    found = answer.get("aggregations", {})
    signals = {
        signal: _numbers(found.get(signal), edges[signal]) if signal in edges else _values(found.get(signal))
        for signal in fields
    }
    lines = {
        raw: total(ask(search, {"query": of_log_group(group.log_group, period, raw=raw)})) for raw in (False, True)
    }
    signals[KEPT_RAW] = Distribution(("indexed", "kept raw"), (lines[False], lines[True]))
    return Window(period, predictions, signals)


def _into_bins(field: str, edges: Sequence[float]) -> dict[str, Any]:
    ranges: list[dict[str, float]] = [{"from": low, "to": high} for low, high in itertools.pairwise(edges)]
    if edges:
        ranges = [{"to": edges[0]}, *ranges, {"from": edges[-1]}]
    bins: dict[str, Any] = {"known": {"filter": {"exists": {"field": field}}}, "missing": {"missing": {"field": field}}}
    if ranges:
        bins["ranges"] = {"range": {"field": field, "ranges": ranges}}
    return {"filter": {"match_all": {}}, "aggs": bins}


def _by_value(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": MOST_VALUES, "missing": MISSING}}


def _numbers(answer: Mapping[str, Any] | None, edges: Sequence[float]) -> Distribution:
    if answer is None:
        return binned(edges, [0] * (len(edges) + 1), 0)
    counts = [each["doc_count"] for each in answer["ranges"]["buckets"]] if edges else [answer["known"]["doc_count"]]
    return binned(edges, counts, answer["missing"]["doc_count"])


def _values(answer: Mapping[str, Any] | None) -> Distribution:
    if answer is None:
        return categories({})
    counts = {str(each.get("key_as_string", each["key"])): each["doc_count"] for each in answer["buckets"]}
    if answer["sum_other_doc_count"]:
        counts[OTHER] = answer["sum_other_doc_count"]
    return categories(counts)


def history(search: OpenSearch, log_group: str, before: datetime, length: timedelta, windows: int) -> list[int]:
    """Predictions of a log group in each of the windows before a moment, the oldest first.

    Windows from before its first prediction are left out: a new model has no history yet.
    """
    edges = [before - length * step for step in range(windows, -1, -1)]
    ranges = [{"from": iso(start), "to": iso(end)} for start, end in itertools.pairwise(edges)]
    period = Period(edges[0], before)
    body = {
        "query": of_log_group(log_group, period, raw=False),
        "aggs": {
            "windows": {"date_range": {"field": "@timestamp", "ranges": ranges}},
            "first": {"min": {"field": "@timestamp"}},
        },
    }
    answer = ask(search, body).get("aggregations")
    if answer is None or answer["first"]["value"] is None:
        return []
    first = from_millis(answer["first"]["value"])
    counts = [bucket["doc_count"] for bucket in answer["windows"]["buckets"]]
    return [number for number, start in zip(counts, edges[:-1], strict=True) if start >= first]


def ahead(search: OpenSearch, log_group: str, after: datetime) -> int:
    """Predictions and raw lines that carry a time after `after`: some clock is wrong."""
    late = {"range": {"@timestamp": {"gte": iso(after)}}}
    return total(ask(search, {"query": {"bool": {"filter": [late, {"term": {LOG_GROUP: log_group}}]}}}))


def first_predictions(search: OpenSearch, group: Group, number: int) -> tuple[int, Period | None]:
    """How many predictions a group has, counted up to `number`, and the period of its first `number` if it has them.

    Predictions of the same millisecond as the last one belong to the period too.
    """
    body = {"query": of_group(group), "size": 1, "sort": [{"@timestamp": "asc"}], "_source": False}
    oldest = ask(search, body)
    if total(oldest) < number:
        return total(oldest), None
    last = ask(search, body | {"from": number - 1})
    start, end = (from_millis(answer["hits"]["hits"][0]["sort"][0]) for answer in (oldest, last))
    return number, Period(start, end + timedelta(milliseconds=1))
