"""Flatten the answer to a visualization's `aggs` into a table.

Every chart is drawn from the rows of that table. A row has one cell for each bucket aggregation and each metric, in the
order in which the visualization lists them.
"""

from dataclasses import dataclass, field
from typing import Any

from dashboards.preview.aggregations import MISSING, OTHER, SIBLINGS, SINGLE_VALUE_METRICS, TIME, split
from dashboards.preview.timerange import TimeRange


@dataclass
class Table:
    """A flat table. `rows[i][j]` belongs to `columns[j]`, and a column names its aggregation."""

    columns: list[dict[str, Any]]
    rows: list[list[Any]] = field(default_factory=list)
    interval: str = ""


def to_table(aggs: list[dict[str, Any]], answer: dict[str, Any], span: TimeRange) -> Table:
    """Return the rows of `answer`, the whole search response to `to_request`."""
    buckets, metrics = split(aggs)
    columns = [_column(each, each["type"]) for each in buckets]
    columns += [column for each in metrics for column in _metric_columns(each)]
    interval = next((each["params"].get("interval", "auto") for each in buckets if each["type"] == TIME), "auto")
    found = Table(columns, interval=span.interval(interval))
    root = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
    _descend(buckets, metrics, root, [], found.rows)
    return found


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


def _key(agg: dict[str, Any], bucket: dict[str, Any]) -> Any:
    if agg["type"] == "terms":
        rest = dict(zip((MISSING, OTHER), _rest(agg), strict=True))
        if bucket["key"] in rest:
            return rest[bucket["key"]]
        return bucket.get("key_as_string", bucket["key"])
    return bucket["key"]


def _rest(agg: dict[str, Any]) -> tuple[str, str]:
    """Return what Dashboards calls the documents without the field, and all values beyond the size."""
    params = agg.get("params", {})
    return params.get("missingBucketLabel", "Missing"), params.get("otherBucketLabel", "Other")


def _values(agg: dict[str, Any], node: dict[str, Any]) -> list[Any]:
    type_ = agg["type"]
    if type_ == "count":
        return [node["doc_count"]]
    result = node.get(agg["id"], {})
    if type_ in ("median", "percentiles"):
        wanted = [50] if type_ == "median" else agg["params"]["percents"]
        found = {each["key"]: each["value"] for each in result.get("values", [])}
        return [_number(found.get(float(percent))) for percent in wanted]
    if type_ == "top_hits":
        return [value_at(hit["_source"], agg["params"]["field"]) for hit in result["hits"]["hits"]] or [None]
    return [_number(result.get("std_deviation" if type_ == "std_dev" else "value"))]


def _number(value: Any) -> Any:
    """Return a number; None for what the engine writes as "Infinity" or "NaN"."""
    return None if isinstance(value, str) else value


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
    named = params.get("customLabel") or f"{params.get('field')}" + (": Descending" if type_ == "terms" else "")
    label = "filters" if type_ == "filters" else named  # Dashboards gives these no other name
    return {
        "id": agg["id"],
        "label": label,
        "schema": agg["schema"],
        "type": type_,
        "field": params.get("field", ""),
        "rest": _rest(agg),
    }


def _metric_columns(agg: dict[str, Any]) -> list[dict[str, Any]]:
    type_, params = agg["type"], agg.get("params", {})
    field_name, custom = params.get("field", ""), params.get("customLabel")
    column = {"id": agg["id"], "schema": "metric", "type": type_, "field": field_name, "rest": ()}
    if type_ == "count":
        return [{**column, "label": custom or "Count"}]
    if type_ == "percentiles":
        tail = custom or field_name
        return [{**column, "label": f"{_ordinal(each)} percentile of {tail}"} for each in params["percents"]]
    name = {
        "median": "Median",
        "std_dev": "Standard deviation of",
        "top_hits": "Last",
        **SINGLE_VALUE_METRICS,
        **SIBLINGS,
    }[type_]
    return [{**column, "label": custom or f"{name} {field_name}".rstrip()}]


def _ordinal(number: float) -> str:
    if number != int(number):
        return f"{number}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(int(number) % 10, "th")
    return f"{int(number)}{'th' if int(number) % 100 in (11, 12, 13) else ending}"


def first_chart(found: Table) -> tuple[list[list[Any]], str]:
    """Return the rows of the first chart, where a panel is split into several, and a note that names it."""
    split = next((i for i, each in enumerate(found.columns) if each["schema"] == "split"), None)
    if split is None:
        return found.rows, ""
    charts = list(dict.fromkeys(row[split] for row in found.rows))
    note = "".join(map(str, charts[:1])) + (f", first of {len(charts)}" if len(charts) > 1 else "")
    return [row for row in found.rows if row[split] in charts[:1]], note


def without_split(found: Table, rows: list[list[Any]]) -> Table:
    """Return the table with these rows, without the column that it is split by: Dashboards writes that above it."""
    kept = [i for i, each in enumerate(found.columns) if each["schema"] != "split"]
    return Table([found.columns[i] for i in kept], [[row[i] for i in kept] for row in rows], found.interval)
