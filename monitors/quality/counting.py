"""Quality from OpenSearch: aggregations only, so that the answer is as small for a million rows as for a thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import INDEX, State
from monitors.quality.correctness import Task
from monitors.quality.measures import CONFIDENCE_BINS, ConfidenceBin, Errors, LabelQuality, count_by_label
from monitors.quality.predictions import PREDICTIONS
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean
from monitors.reporting.answers import ask
from monitors.reporting.periods import UNVERSIONED, Group, Period, of_version, read_millis

MOST_LABELS = 1000
"""The most labels that are counted where a row has several."""
MOST_PAIRS = 10_000
"""Cells of a confusion matrix that have any rows."""
PAGE = 1000
MOST_GROUPS = 1000


class TooManyLabelsError(RuntimeError):
    """There are more labels than can be counted. The message says how many can."""


def of_group(log_group: str, version: str | None, task: Task | None, period: Period | None) -> dict[str, Any]:
    """Return the query for joined actuals; of all versions, tasks or times where None is given."""
    must: list[dict[str, Any]] = [{"term": {"state": State.JOINED}}, {"term": {"@log_group": log_group}}]
    if task:
        must.append({"term": {"task": task}})
    if period:
        must.append(period.filter("predicted"))
    if version is not None:
        must.append(of_version(version, "model.version"))
    return {"bool": {"filter": must}}


def count_tasks(search: OpenSearch, period: Period) -> dict[tuple[Group, Task], int]:
    """Return how many rows each group has in the period, by task."""
    found: dict[tuple[Group, Task], int] = {}
    sources: list[dict[str, Any]] = [
        {"log_group": {"terms": {"field": "@log_group"}}},
        {"version": {"terms": {"field": "model.version", "missing_bucket": True}}},
        {"task": {"terms": {"field": "task"}}},
    ]
    query = {"bool": {"filter": [{"term": {"state": State.JOINED}}, period.filter("predicted")]}}
    for bucket in _page(search, query, sources):
        key = bucket["key"]
        group = Group(key["log_group"], UNVERSIONED if key["version"] is None else key["version"])
        found[group, Task(key["task"])] = found.get((group, Task(key["task"])), 0) + bucket["doc_count"]
    return found


def count_predictions(search: OpenSearch, period: Period) -> dict[Group, dict[datetime, int]]:
    """Return how many predictions each group made on each UTC day of the period; failed ones do not count."""
    days = {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d", "min_doc_count": 1}}
    versions = {
        "terms": {"field": "model.version.keyword", "missing": UNVERSIONED, "size": MOST_GROUPS},
        "aggs": {"days": days},
    }
    none = [{"exists": {"field": "shipper.kept_raw.reason"}}, {"term": {"shipper.failed": True}}]
    body = {
        "size": 0,
        "query": {"bool": {"filter": [period.filter("@timestamp")], "must_not": none}},
        "aggs": {
            "groups": {
                "terms": {"field": "@log_group.keyword", "size": MOST_GROUPS},
                "aggs": {"versions": versions},
            }
        },
    }
    answer = ask(search, PREDICTIONS, body).get("aggregations")
    return {
        Group(group["key"], version["key"]): {
            read_millis(day["key"]): day["doc_count"] for day in version["days"]["buckets"]
        }
        for group in (answer["groups"]["buckets"] if answer else ())
        for version in group["versions"]["buckets"]
    }


def measure(search: OpenSearch, query: Mapping[str, Any], task: Task) -> Quality:
    """Return the quality of the rows that the query finds; they are of this task.

    Raises:
        TooManyLabelsError: more than `MOST_PAIRS` pairs of labels occur, or more than `MOST_LABELS` labels.
    """
    if task is Task.REGRESSION:
        return _measure_regression(search, query)
    if task is Task.MULTI_LABEL:
        return _measure_multi_label(search, query)
    return _measure_classification(search, query)


def _measure_classification(search: OpenSearch, query: Mapping[str, Any]) -> Quality:
    sources = [{side: {"terms": {"field": f"{side}.label"}}} for side in ("actual", "prediction")]
    confusion: dict[tuple[str, str], int] = {}
    for bucket in _page(search, query, sources):
        confusion[bucket["key"]["actual"], bucket["key"]["prediction"]] = bucket["doc_count"]
        if len(confusion) > MOST_PAIRS:
            raise TooManyLabelsError(f"more than {MOST_PAIRS:,} pairs of an actual and a predicted label")
    bins = {
        "terms": {"field": "confidence.bin", "size": CONFIDENCE_BINS},
        "aggs": {"confidence": {"sum": {"field": "confidence.value"}}, "correct": {"sum": {"field": "correct"}}},
    }
    gaps = {"sum": {"field": "confidence.squared_gap"}}
    answer = aggregate(search, query, {"bins": bins, "squared_gaps": gaps})
    return Quality(
        Task.CLASSIFICATION,
        rows=sum(confusion.values()),
        correct=sum(rows for (actual, said), rows in confusion.items() if actual == said),
        labels=tuple(count_by_label(confusion)),
        confusion=confusion,
        bins=tuple(
            ConfidenceBin(each["key"], each["doc_count"], each["confidence"]["value"], round(each["correct"]["value"]))
            for each in sorted(answer["bins"]["buckets"], key=lambda bucket: bucket["key"])
        ),
        squared_gaps=answer["squared_gaps"]["value"],
    )


def _measure_regression(search: OpenSearch, query: Mapping[str, Any]) -> Quality:
    sums = {name: {"sum": {"field": f"error.{name}"}} for name in ("squared", "signed", "within")}
    answer = aggregate(search, query, {"absolute": {"extended_stats": {"field": "error.absolute"}}, **sums})
    absolute = answer["absolute"]
    errors = Errors(
        rows=absolute["count"],
        absolute_sum=absolute["sum"] or 0.0,
        absolute_squares=absolute["sum_of_squares"] or 0.0,
        squared_sum=answer["squared"]["value"],
        signed_sum=answer["signed"]["value"],
        within=round(answer["within"]["value"]),
    )
    return Quality(Task.REGRESSION, errors.rows, errors=errors)


def _measure_multi_label(search: OpenSearch, query: Mapping[str, Any]) -> Quality:
    fields = {"support": "actual.labels", "predicted": "prediction.labels", "correct": "matched_labels"}
    terms = {name: {"terms": {"field": field, "size": MOST_LABELS}} for name, field in fields.items()}
    others = {"overlap": {"extended_stats": {"field": "overlap"}}, "right": {"sum": {"field": "correct"}}}
    answer = aggregate(search, query, terms | others)
    if any(answer[name]["sum_other_doc_count"] for name in fields):
        raise TooManyLabelsError(f"more than {MOST_LABELS:,} labels")
    counts = {name: {each["key"]: each["doc_count"] for each in answer[name]["buckets"]} for name in fields}
    labels = sorted(counts["support"].keys() | counts["predicted"].keys())
    overlap = answer["overlap"]
    return Quality(
        Task.MULTI_LABEL,
        rows=overlap["count"],
        correct=round(answer["right"]["value"]),
        labels=tuple(LabelQuality(label, *(counts[name].get(label, 0) for name in fields)) for label in labels),
        overlap=Mean(overlap["count"], overlap["sum"] or 0.0, overlap["sum_of_squares"] or 0.0),
    )


def _page(search: OpenSearch, query: Mapping[str, Any], sources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every bucket that has documents, page by page."""
    after = None
    while True:
        composite = {"size": PAGE, "sources": sources} | ({"after": after} if after else {})
        found = aggregate(search, query, {"pairs": {"composite": composite}}).get("pairs", {})
        yield from found.get("buckets", ())
        after = found.get("after_key")
        if not after:
            return


def aggregate(search: OpenSearch, query: Mapping[str, Any], aggregations: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is aggregated over the actuals that the query finds."""
    answer = ask(search, INDEX, {"size": 0, "query": query, "aggs": aggregations})
    found: dict[str, Any] = answer.get("aggregations", {})
    return found
