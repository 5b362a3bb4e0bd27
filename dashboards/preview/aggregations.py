"""Turn a visualization's `aggs` into the `aggs` of OpenSearch requests, as Dashboards does."""

import json
from typing import Any

from dashboards.preview.kql import to_query
from dashboards.preview.timerange import TimeRange

SINGLE_VALUE_METRICS = {"avg": "Average", "sum": "Sum", "min": "Min", "max": "Max", "cardinality": "Unique count of"}
TIME = "date_histogram"
SIBLINGS = {
    "avg_bucket": "Overall average",
    "max_bucket": "Overall max",
    "min_bucket": "Overall min",
    "sum_bucket": "Overall sum",
}
"""Metrics over the buckets of an aggregation of their own, such as the number of documents that a filter finds."""
MISSING, OTHER = "__missing__", "__other__"
"""What Dashboards has as the key of the documents without the field, and of all values beyond the size."""
OTHER_FILTER = "other-filter"
_METRICS = {*SINGLE_VALUE_METRICS, *SIBLINGS, "count", "median", "percentiles", "std_dev", "top_hits"}


class UndrawableError(ValueError):
    """The preview cannot draw this aggregation. The message names it."""


def to_request(aggs: list[dict[str, Any]], span: TimeRange) -> dict[str, Any]:
    """Return the `aggs` of a search body.

    Raises:
        UndrawableError: if the preview does not know an aggregation.
    """
    buckets, metrics = split(aggs)
    measured: dict[str, Any] = {}
    for each in metrics:
        measured |= _metric(each, span)
    body = dict(measured)
    for each in reversed(buckets):
        outer = _with_json(_bucket(each, span, metrics), each)
        # The metric that orders a bucket must also be measured at the level of that bucket.
        order = each.get("params", {}).get("orderBy")
        own = {name: made for name, made in measured.items() if name == order}
        if order == "custom":
            own = _metric({**each["params"]["orderAgg"], "id": f"{each['id']}-orderAgg"}, span)
        if own | body:
            outer["aggs"] = own | body
        body = {each["id"]: outer}
    return body


def other_request(aggs: list[dict[str, Any]], answer: dict[str, Any], span: TimeRange) -> dict[str, Any]:
    """Return the `aggs` of a second search, which counts what the first bucket left out. Empty if nothing has to be.

    It counts the documents that hold none of the values found. A document with a list of values may hold both.

    Raises:
        UndrawableError: if another bucket than the first asks for it, which the preview does not draw.
    """
    buckets, _ = split(aggs)
    asking = [each for each in buckets if each["type"] == "terms" and each["params"].get("otherBucket")]
    if not asking:
        return {}
    if asking != buckets[:1]:
        raise UndrawableError('the preview draws "Other" only in the first bucket')
    (first,) = asking
    found = answer.get("aggregations", {}).get(first["id"], {}).get("buckets", [])
    if not found:
        return {}
    field, keys = first["params"]["field"], [each["key"] for each in found]
    exists = [] if first["params"].get("missingBucket") and MISSING not in keys else [{"exists": {"field": field}}]
    left = [{"match_phrase": {field: key}} for key in keys if key != MISSING]
    made = {"filters": {"filters": {"": {"bool": {"filter": exists, "must_not": left}}}}}
    nested = to_request(aggs, span)[first["id"]].get("aggs")
    return {OTHER_FILTER: made | ({"aggs": nested} if nested else {})}


def with_other(aggs: list[dict[str, Any]], answer: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the first answer with the bucket that the second search counted, where there is anything in it."""
    bucket = other["aggregations"][OTHER_FILTER]["buckets"][""]
    first = split(aggs)[0][0]["id"]
    found = answer["aggregations"][first]
    more = [{**bucket, "key": OTHER}] if bucket["doc_count"] else []
    return {**answer, "aggregations": {**answer["aggregations"], first: {**found, "buckets": found["buckets"] + more}}}


def split(aggs: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the buckets and the metrics that are switched on."""
    enabled = [each for each in aggs if each.get("enabled", True)]
    metrics = [each for each in enabled if each["schema"] in ("metric", "radius")]
    return [each for each in enabled if each not in metrics], metrics


def _with_json(made: dict[str, Any], agg: dict[str, Any]) -> dict[str, Any]:
    """Merge in what the aggregation gives as "JSON input"; as in Dashboards, text that is no JSON is passed over."""
    try:
        given = json.loads(agg.get("params", {}).get("json") or "{}")
    except ValueError:
        return made
    return {name: _merge(params, given) for name, params in made.items()}


def _merge(ours: Any, given: Any) -> Any:
    """Merge key by key; a null takes the key away."""
    if isinstance(ours, dict) and isinstance(given, dict):
        both = {key: _merge(ours.get(key), given[key]) if key in given else ours[key] for key in {**ours, **given}}
        return {key: value for key, value in both.items() if value is not None}
    return given


def _metric(agg: dict[str, Any], span: TimeRange) -> dict[str, Any]:
    """Return the aggregations that measure a metric, by name; none where the count of documents is enough."""
    type_ = agg["type"]
    if type_ not in _METRICS:
        raise UndrawableError(f"the preview does not know the metric {type_!r}")
    if type_ == "count":
        return {}
    if type_ in SIBLINGS:
        return _sibling(agg, span)
    return {agg["id"]: _with_json(_single(agg), agg)}


def _single(agg: dict[str, Any]) -> dict[str, Any]:
    type_, params = agg["type"], agg.get("params", {})
    if type_ in ("median", "percentiles"):
        percents = [50] if type_ == "median" else params["percents"]
        return {"percentiles": {"field": params["field"], "percents": percents, "keyed": False}}
    if type_ == "top_hits":
        if params.get("size", 1) != 1:
            raise UndrawableError("the preview knows the metric 'top_hits' only with one document")
        order = {params["sortField"]: {"order": params.get("sortOrder", "desc")}}
        return {"top_hits": {"size": 1, "_source": params["field"], "sort": [order]}}
    return {"extended_stats" if type_ == "std_dev" else type_: {"field": params["field"]}}


def _sibling(agg: dict[str, Any], span: TimeRange) -> dict[str, Any]:
    own, inner = f"{agg['id']}-bucket", f"{agg['id']}-metric"
    bucket = _with_json(_bucket(agg["params"]["customBucket"], span, []), agg["params"]["customBucket"])
    counted = _metric({**agg["params"]["customMetric"], "id": inner}, span)
    if counted:
        bucket["aggs"] = counted
    path = f"{own}>{inner if counted else '_count'}"
    return {own: bucket, agg["id"]: {agg["type"]: {"buckets_path": path}}}


def _bucket(agg: dict[str, Any], span: TimeRange, metrics: list[dict[str, Any]]) -> dict[str, Any]:
    type_, params = agg["type"], agg.get("params", {})
    if type_ == "terms":
        counted = {each["id"] for each in metrics if each["type"] == "count"}
        by = params.get("orderBy", "_key")
        median = {each["id"] for each in metrics if each["type"] == "median"}
        custom = params["orderAgg"]["type"] if by == "custom" else ""
        own = "_count" if custom == "count" else f"{agg['id']}-orderAgg" if custom else by
        key = "_count" if by in counted else f"{by}.50" if by in median else own
        terms = {
            "field": params["field"],
            "size": params.get("size", 5),
            "order": {key: params.get("order", "desc")},
        }
        if params.get("missingBucket"):
            terms["missing"] = MISSING
        terms |= {name: params[name] for name in ("include", "exclude") if params.get(name)}
        return {"terms": terms}
    if type_ == TIME:
        bar = span.interval(params.get("interval", "auto"))
        low = {"min_doc_count": params.get("min_doc_count", 1)}
        return {"date_histogram": {"field": params["field"], "fixed_interval": bar, **low}}
    if type_ == "histogram":
        # Dashboards stores the checkbox "show empty buckets" as `min_doc_count`.
        every = {"interval": params["interval"], "min_doc_count": 0 if params.get("min_doc_count") else 1}
        bounds = {"extended_bounds": params["extended_bounds"]} if params.get("has_extended_bounds") else {}
        return {"histogram": {"field": params["field"], **every, **bounds}}
    if type_ == "range":
        return {"range": {"field": params["field"], "ranges": params["ranges"]}}
    if type_ == "filters":
        named = {each.get("label") or each["input"]["query"] or "*": each["input"] for each in params["filters"]}
        return {
            "filters": {
                "filters": {
                    name: to_query(each["query"], each.get("language", "kuery")) or {"match_all": {}}
                    for name, each in named.items()
                }
            }
        }
    raise UndrawableError(f"the preview does not know the bucket {type_!r}")
