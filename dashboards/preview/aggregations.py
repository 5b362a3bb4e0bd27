"""Turn a visualization's `aggs` into an OpenSearch request, and the answer into a flat table.

Every chart is drawn from the rows of that table. A row has one cell for each bucket aggregation and each metric, in the
order in which the visualization lists them.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from dashboards.preview.kql import to_query
from dashboards.preview.timerange import TimeRange

SINGLE_VALUE_METRICS = {"avg": "Average", "sum": "Sum", "min": "Min", "max": "Max", "cardinality": "Unique count of"}
TIME = "date_histogram"
_METRICS = {*SINGLE_VALUE_METRICS, "count", "median", "percentiles", "std_dev", "top_hits"}


@dataclass
class Table:
    """A flat table. `rows[i][j]` belongs to `columns[j]`, and a column names its aggregation."""

    columns: list[dict[str, Any]]
    rows: list[list[Any]] = field(default_factory=list)
    interval: str = ""


class UndrawableError(ValueError):
    """The preview cannot draw this aggregation. The message names it."""


def to_request(aggs: list[dict[str, Any]], span: TimeRange) -> dict[str, Any]:
    """Return the `aggs` of a search body.

    Raises:
        UndrawableError: if the preview does not know an aggregation.
    """
    buckets, metrics = _split(aggs)
    measured: dict[str, Any] = {each["id"]: _with_json(made, each) for each in metrics if (made := _metric(each))}
    body = dict(measured)
    for each in reversed(buckets):
        outer = _with_json(_bucket(each, span, metrics), each)
        # The metric that orders a bucket must also be measured at the level of that bucket.
        own = {name: made for name, made in measured.items() if name == each.get("params", {}).get("orderBy")}
        if own | body:
            outer["aggs"] = own | body
        body = {each["id"]: outer}
    return body


def to_table(aggs: list[dict[str, Any]], answer: dict[str, Any], span: TimeRange) -> Table:
    """Return the rows of `answer`, the whole search response to `to_request`."""
    buckets, metrics = _split(aggs)
    columns = [_column(each, each["type"]) for each in buckets]
    columns += [column for each in metrics for column in _metric_columns(each)]
    interval = next((each["params"].get("interval", "auto") for each in buckets if each["type"] == TIME), "auto")
    found = Table(columns, interval=span.interval(interval))
    root = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
    _descend(buckets, metrics, root, [], found.rows)
    return found


def _split(aggs: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    enabled = [each for each in aggs if each.get("enabled", True)]
    metrics = [each for each in enabled if each["schema"] in ("metric", "radius")]
    return [each for each in enabled if each not in metrics], metrics


def _with_json(made: dict[str, Any], agg: dict[str, Any]) -> dict[str, Any]:
    """Merge in what the aggregation gives as "JSON input"; as in Dashboards, text that is no JSON is passed over."""
    try:
        given = json.loads(agg.get("params", {}).get("json") or "{}")
    except ValueError:
        return made
    return {name: _merged(params, given) for name, params in made.items()}


def _merged(ours: Any, given: Any) -> Any:
    """Merge key by key; a null takes the key away."""
    if isinstance(ours, dict) and isinstance(given, dict):
        both = {key: _merged(ours.get(key), given[key]) if key in given else ours[key] for key in {**ours, **given}}
        return {key: value for key, value in both.items() if value is not None}
    return given


def _metric(agg: dict[str, Any]) -> dict[str, Any] | None:
    type_, params = agg["type"], agg.get("params", {})
    if type_ not in _METRICS:
        raise UndrawableError(f"the preview does not know the metric {type_!r}")
    if type_ == "count":
        return None
    if type_ in ("median", "percentiles"):
        percents = [50] if type_ == "median" else params["percents"]
        return {"percentiles": {"field": params["field"], "percents": percents, "keyed": False}}
    if type_ == "top_hits":
        if params.get("size", 1) != 1:
            raise UndrawableError("the preview knows the metric 'top_hits' only with one document")
        order = {params["sortField"]: {"order": params.get("sortOrder", "desc")}}
        return {"top_hits": {"size": 1, "_source": params["field"], "sort": [order]}}
    return {"extended_stats" if type_ == "std_dev" else type_: {"field": params["field"]}}


def _bucket(agg: dict[str, Any], span: TimeRange, metrics: list[dict[str, Any]]) -> dict[str, Any]:
    type_, params = agg["type"], agg.get("params", {})
    if type_ == "terms":
        counted = {each["id"] for each in metrics if each["type"] == "count"}
        by = params.get("orderBy", "_key")
        median = {each["id"] for each in metrics if each["type"] == "median"}
        key = "_count" if by in counted else f"{by}.50" if by in median else by
        terms = {
            "field": params["field"],
            "size": params.get("size", 5),
            "order": {key: params.get("order", "desc")},
        }
        if params.get("missingBucket"):
            terms["missing"] = params.get("missingBucketLabel", "Missing")
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


def _descend(
    buckets: list[dict[str, Any]],
    metrics: list[dict[str, Any]],
    node: dict[str, Any],
    keys: list[Any],
    rows: list[list[Any]],
) -> None:
    if not buckets:
        rows.append([*keys, *(value for each in metrics for value in _values(each, node))])
        return
    first, *rest = buckets
    result = node.get(first["id"], {})
    found = result.get("buckets", [])
    if isinstance(found, dict):
        found = [{"key": key, **bucket} for key, bucket in found.items()]
    for bucket in found:
        _descend(rest, metrics, bucket, [*keys, _key(first, bucket)], rows)
    left_out = result.get("sum_other_doc_count", 0)
    if left_out and first.get("params", {}).get("otherBucket") and not rest:
        label = first["params"].get("otherBucketLabel", "Other")
        rows.append([*keys, label, *(left_out if each["type"] == "count" else None for each in metrics)])


def _key(agg: dict[str, Any], bucket: dict[str, Any]) -> Any:
    if agg["type"] == "terms":
        return bucket.get("key_as_string", bucket["key"])
    return bucket["key"]


def _values(agg: dict[str, Any], node: dict[str, Any]) -> list[Any]:
    type_ = agg["type"]
    if type_ == "count":
        return [node["doc_count"]]
    result = node.get(agg["id"], {})
    if type_ in ("median", "percentiles"):
        wanted = [50] if type_ == "median" else agg["params"]["percents"]
        found = {each["key"]: each["value"] for each in result.get("values", [])}
        return [found.get(float(percent)) for percent in wanted]
    if type_ == "top_hits":
        return [value_at(hit["_source"], agg["params"]["field"]) for hit in result["hits"]["hits"]] or [None]
    return [result.get("std_deviation" if type_ == "std_dev" else "value")]


def value_at(found: dict[str, Any], path: str) -> Any:
    """Return the value that a document's source has at this path, or None."""
    if path in found:
        return found[path]
    value: Any = found
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def _column(agg: dict[str, Any], type_: str) -> dict[str, Any]:
    params = agg.get("params", {})
    label = params.get("customLabel") or (
        f"{params.get('field', 'filters')}" + (": Descending" if type_ == "terms" else "")
    )
    return {
        "id": agg["id"],
        "label": label,
        "schema": agg["schema"],
        "type": type_,
        "field": params.get("field", ""),
    }


def _metric_columns(agg: dict[str, Any]) -> list[dict[str, Any]]:
    type_, params = agg["type"], agg.get("params", {})
    field_name, custom = params.get("field", ""), params.get("customLabel")
    column = {"id": agg["id"], "schema": "metric", "type": type_, "field": field_name}
    if type_ == "count":
        return [{**column, "label": custom or "Count"}]
    if type_ == "percentiles":
        tail = custom or field_name
        return [{**column, "label": f"{_ordinal(each)} percentile of {tail}"} for each in params["percents"]]
    name = {"median": "Median", "std_dev": "Standard deviation of", "top_hits": "Last", **SINGLE_VALUE_METRICS}[type_]
    return [{**column, "label": custom or f"{name} {field_name}"}]


def _ordinal(number: float) -> str:
    if number != int(number):
        return f"{number}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(int(number) % 10, "th")
    return f"{int(number)}{'th' if int(number) % 100 in (11, 12, 13) else ending}"
