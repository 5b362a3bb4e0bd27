"""Quality from OpenSearch: aggregations only, so that the answer is as small for a million rows as for a thousand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import INDEX, State
from monitors.quality.correctness import Task
from monitors.quality.measures import CONFIDENCE_BINS, ConfidenceBin, Errors, LabelQuality, count_by_label
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean
from monitors.reporting.answers import ask
from monitors.reporting.periods import Period, of_version

MOST_LABELS = 200
"""Labels that are judged one by one: the most frequent ones. The others are counted together."""
MOST_PAIRS = 10_000
"""Cells of a confusion matrix that have any rows. Where there are more, it is not counted."""
PAGE = 1000


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


def measure(search: OpenSearch, query: Mapping[str, Any], task: Task) -> Quality:
    """Return the quality of the rows that the query finds; they are of this task."""
    if task is Task.REGRESSION:
        return _measure_regression(search, query)
    if task is Task.MULTI_LABEL:
        return _read_multi_label(aggregate(search, query, _ask_multi_label()))
    return _measure_classification(search, query)


def measure_briefly(
    search: OpenSearch, query: Mapping[str, Any], task: Task, periods: Mapping[str, Period]
) -> dict[str, Quality]:
    """Return what is judged of each period, in one request: the rows, what is right of them, and the labels."""
    ask_for = {Task.REGRESSION: _ask_errors, Task.MULTI_LABEL: _ask_multi_label, Task.CLASSIFICATION: _ask_labels}
    parts = {name: {"filter": each.filter("predicted"), "aggs": ask_for[task]()} for name, each in periods.items()}
    read = {Task.REGRESSION: _read_errors, Task.MULTI_LABEL: _read_multi_label, Task.CLASSIFICATION: _read_labels}
    answer = aggregate(search, query, parts)
    return {name: read[task](answer[name]) if answer else Quality(task, 0) for name in periods}


def measure_days(search: OpenSearch, query: Mapping[str, Any], task: Task) -> list[Mean]:
    """Return for each UTC day with rows the mean of what is judged first (see `Quality.mean`)."""
    fields = {Task.REGRESSION: "error.absolute", Task.MULTI_LABEL: "overlap", Task.CLASSIFICATION: "correct"}
    days = {"date_histogram": {"field": "predicted", "fixed_interval": "1d", "min_doc_count": 1}}
    stats = {"stats": {"extended_stats": {"field": fields[task]}}}
    answer = aggregate(search, query, {"days": days | {"aggs": stats}})
    return [_read_mean(each["stats"]) for each in answer.get("days", {}).get("buckets", ())]


def _measure_classification(search: OpenSearch, query: Mapping[str, Any]) -> Quality:
    sources = [{side: {"terms": {"field": f"{side}.label"}}} for side in ("actual", "prediction")]
    confusion: dict[tuple[str, str], int] = {}
    for bucket in _page(search, query, sources):
        confusion[bucket["key"]["actual"], bucket["key"]["prediction"]] = bucket["doc_count"]
        if len(confusion) > MOST_PAIRS:
            break
    bins = {
        "terms": {"field": "confidence.bin", "size": CONFIDENCE_BINS},
        "aggs": {"confidence": {"sum": {"field": "confidence.value"}}, "correct": {"sum": {"field": "correct"}}},
    }
    gaps = {"sum": {"field": "confidence.squared_gap"}}
    answer = aggregate(search, query, {"bins": bins, "squared_gaps": gaps, **_ask_labels()})
    brief = _read_labels(answer) if answer else Quality(Task.CLASSIFICATION, 0)
    is_whole = len(confusion) <= MOST_PAIRS
    return Quality(
        Task.CLASSIFICATION,
        rows=brief.rows,
        correct=brief.correct,
        labels=tuple(count_by_label(confusion)) if is_whole else brief.labels,
        confusion=confusion if is_whole else {},
        bins=tuple(
            ConfidenceBin(each["key"], each["doc_count"], each["confidence"]["value"], round(each["correct"]["value"]))
            for each in sorted(answer["bins"]["buckets"], key=lambda bucket: bucket["key"])
        ),
        squared_gaps=answer["squared_gaps"]["value"],
        other_labels=0 if is_whole else brief.other_labels,
    )


def _ask_labels() -> dict[str, Any]:
    right = {"sum": {"field": "correct"}}
    support = {"terms": {"field": "actual.label", "size": MOST_LABELS}, "aggs": {"right": right}}
    return {
        "support": support,
        "predicted": {"terms": {"field": "prediction.label", "size": MOST_LABELS}},
        "all": {"stats": {"field": "correct"}},
        "labels": {"cardinality": {"field": "actual.label"}},
    }


def _read_labels(answer: Mapping[str, Any]) -> Quality:
    predicted = {each["key"]: each["doc_count"] for each in answer["predicted"]["buckets"]}
    labels = tuple(
        LabelQuality(each["key"], each["doc_count"], predicted.get(each["key"], 0), round(each["right"]["value"]))
        for each in answer["support"]["buckets"]
    )
    others = max(1, answer["labels"]["value"] - len(labels)) if answer["support"]["sum_other_doc_count"] else 0
    rows, right = answer["all"]["count"], round(answer["all"]["sum"] or 0)
    return Quality(Task.CLASSIFICATION, rows, right, labels, other_labels=others)


def _measure_regression(search: OpenSearch, query: Mapping[str, Any]) -> Quality:
    answer = aggregate(search, query, _ask_errors())
    return _read_errors(answer) if answer else Quality(Task.REGRESSION, 0, errors=Errors(0, 0.0, 0.0, 0.0, 0.0, 0))


def _ask_errors() -> dict[str, Any]:
    sums = {name: {"sum": {"field": f"error.{name}"}} for name in ("squared", "signed", "within")}
    return {"absolute": {"extended_stats": {"field": "error.absolute"}}, **sums}


def _read_errors(answer: Mapping[str, Any]) -> Quality:
    absolute = _read_mean(answer["absolute"])
    errors = Errors(
        rows=absolute.rows,
        absolute_sum=absolute.sum,
        absolute_squares=absolute.squares,
        squared_sum=answer["squared"]["value"],
        signed_sum=answer["signed"]["value"],
        within=round(answer["within"]["value"]),
    )
    return Quality(Task.REGRESSION, errors.rows, errors=errors)


def _ask_multi_label() -> dict[str, Any]:
    fields = {"support": "actual.labels", "predicted": "prediction.labels", "correct": "matched_labels"}
    terms: dict[str, Any] = {name: {"terms": {"field": field, "size": MOST_LABELS}} for name, field in fields.items()}
    counted = {"labels": {"cardinality": {"field": "actual.labels"}}}
    return (
        terms | counted | {"overlap": {"extended_stats": {"field": "overlap"}}, "right": {"sum": {"field": "correct"}}}
    )


def _read_multi_label(answer: Mapping[str, Any]) -> Quality:
    sides = ("support", "predicted", "correct")
    counts = {name: {each["key"]: each["doc_count"] for each in answer[name]["buckets"]} for name in sides}
    is_whole = not any(answer[name]["sum_other_doc_count"] for name in sides)
    # A label that is missing on one side may stand beyond the most frequent ones there.
    names = counts["support"].keys() | counts["predicted"].keys()
    kept = names if is_whole else {name for name in names if all(name in counts[side] for side in sides)}
    overlap = _read_mean(answer["overlap"])
    return Quality(
        Task.MULTI_LABEL,
        rows=overlap.rows,
        correct=round(answer["right"]["value"]),
        labels=tuple(LabelQuality(label, *(counts[side].get(label, 0) for side in sides)) for label in sorted(kept)),
        overlap=overlap,
        other_labels=0 if is_whole else max(1, answer["labels"]["value"] - len(kept)),
    )


def _read_mean(stats: Mapping[str, Any]) -> Mean:
    return Mean(stats["count"], stats["sum"] or 0.0, stats["sum_of_squares"] or 0.0)


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
