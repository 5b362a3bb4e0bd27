"""Turn each panel into a small plain value that the page draws, for every type of visualization."""

import json
from typing import Any

from markdown_it import MarkdownIt

from dashboards.preview.aggregations import TIME
from dashboards.preview.panels import Panel
from dashboards.preview.tables import Table, first_chart, to_table, value_at, without_split
from dashboards.preview.timerange import TimeRange
from dashboards.preview.vega import fill_in

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
SERIES_TYPES = ("histogram", "line", "area", "horizontal_bar")


def drawing(panel: Panel, answer: dict[str, Any], span: TimeRange) -> dict[str, Any]:
    """Return a value with a `kind`: table, series, pie, metric, markdown, controls, vega or error."""
    if "error" in answer:
        return {"kind": "error", "message": answer["error"]}
    if panel.type == "markdown":
        return {"kind": "markdown", "html": _MARKDOWN.render(panel.state["params"]["markdown"])}
    if panel.type == "vega":
        return {"kind": "vega", "spec": fill_in(json.loads(panel.state["params"]["spec"]), answer["values"])}
    if panel.type == "search":
        return _documents(panel, answer)
    if panel.type == "input_control_vis":
        return _controls(panel, answer)
    found = to_table(panel.state["aggs"], answer, span)
    if panel.type in SERIES_TYPES:
        return _series(panel, found, span)
    if panel.type == "pie":
        return _pie(panel, found)
    if panel.type == "metric":
        return _metric(panel, found)
    if panel.type == "table":
        rows, note = first_chart(found)
        found = without_split(found, rows)
        labels = [each["label"] for each in found.columns]
        widths = {each["colIndex"]: each["width"] for each in panel.ui_state.get("vis", {}).get("columnsWidth", [])}
        marks = {"dates": _dates(panel, found), "links": _links(panel, found), "widths": widths}
        marks["percents"] = _percents(panel, found)
        return {"kind": "table", "columns": labels, "rows": found.rows, "note": note, **marks}
    return {"kind": "error", "message": f"the preview cannot draw a visualization of the type {panel.type!r}"}


def _documents(panel: Panel, answer: dict[str, Any]) -> dict[str, Any]:
    columns = [name for name in (panel.time_field, *panel.columns) if name]
    hits = answer["hits"]["hits"]
    rows = [[_value(hit, name) for name in columns] for hit in hits]
    documents = [[hit.get("_index", ""), hit.get("_id", "")] for hit in hits]
    total = answer["hits"]["total"]["value"]
    order = "newest" if panel.sort[:1] == [[panel.time_field, "desc"]] else "first"
    return {
        "kind": "table",
        "columns": columns,
        "rows": rows,
        "documents": documents,
        "total": total,
        "order": order,
    }


def _value(hit: dict[str, Any], path: str) -> Any:
    """Return a field of a hit, or None. As in Discover, computed fields win over the source."""
    if path in hit.get("fields", {}):
        values = hit["fields"][path]
        return values[0] if len(values) == 1 else values
    return value_at(hit.get("_source", {}), path)


def _series(panel: Panel, found: Table, span: TimeRange) -> dict[str, Any]:
    params = panel.state["params"]
    columns = found.columns
    across = next((i for i, each in enumerate(columns) if each["schema"] == "segment"), None)
    groups = [i for i, each in enumerate(columns) if each["schema"] == "group"]
    metrics = [i for i, each in enumerate(columns) if each["schema"] == "metric"]
    rows, note = first_chart(found)
    styles = {each["data"]["id"]: each for each in params.get("seriesParams", [])}

    points: dict[tuple[Any, ...], list[list[Any]]] = {}
    names: dict[tuple[Any, ...], tuple[str, int]] = {}
    order: dict[Any, None] = {}
    for row in rows:
        x = row[across] if across is not None else "all"
        order.setdefault(x)
        group = tuple(row[i] for i in groups)
        for i in metrics:
            names.setdefault((*group, i), (_name(group, columns[i], len(metrics)), i))
            points.setdefault((*group, i), []).append([x, row[i]])
    x_column = columns[across] if across is not None else {"label": "", "type": "terms"}
    is_time = x_column["type"] == TIME
    categories = list(order) if is_time is False else []
    if x_column["type"] == "histogram":
        categories.sort(key=float)  # the engine calls the bin of a number that is too large "Infinity"
    value_axis = (params.get("valueAxes") or [{}])[0]
    return {
        "kind": "series",
        "note": note,
        "x": {
            "label": x_column["label"],
            "type": x_column["type"],
            "categories": categories,
            **_names((params.get("categoryAxes") or [{}])[0].get("labels", {})),
        },
        "y": {"label": value_axis.get("title", {}).get("text", ""), **_bounds(value_axis)},
        "span": [span.start.timestamp() * 1000, span.end.timestamp() * 1000] if is_time else None,
        "bars": span.bars(found.interval) if is_time else [],
        "interval": found.interval if is_time else "",
        "horizontal": panel.type == "horizontal_bar",
        "legend": bool(params.get("addLegend", True)) and bool(groups or len(points) > 1),
        "colors": panel.ui_state.get("vis", {}).get("colors", {}),
        "limit": _limit(params.get("thresholdLine", {})),
        "series": [
            {
                "name": names[key][0],
                "points": points[key],
                **_style(styles, columns[names[key][1]], panel.type),
            }
            for key in _largest_first(points, grouped=bool(groups))
        ],
    }


def _names(labels: dict[str, Any]) -> dict[str, Any]:
    """Return how names stand at the axis: `all` shows each, and not only those that there is room for."""
    return {"rotate": labels.get("rotate", 0), "all": not labels.get("filter", True)}


def _largest_first(points: dict[tuple[Any, ...], list[list[Any]]], *, grouped: bool) -> list[tuple[Any, ...]]:
    """Return the keys: groups by size, so that several charts have the same order; metrics in the order listed."""
    if not grouped:
        return list(points)
    return sorted(points, key=lambda key: -sum(y or 0 for _, y in points[key]))


def _limit(line: dict[str, Any]) -> dict[str, Any] | None:
    return {"value": line["value"], "color": line.get("color", "#E7664C")} if line.get("show") else None


def _name(group: tuple[Any, ...], column: dict[str, Any], metrics: int) -> str:
    parts = [str(each) for each in group]
    if not parts or metrics > 1:
        parts.append(column["label"])
    return ": ".join(parts)


def _style(styles: dict[str, Any], column: dict[str, Any], default: str) -> dict[str, Any]:
    style = styles.get(column["id"], {})
    return {"type": style.get("type", default), "stacked": style.get("mode") == "stacked"}


def _bounds(axis: dict[str, Any]) -> dict[str, Any]:
    scale = axis.get("scale", {})
    bounds = {name: scale[name] for name in ("min", "max") if scale.get(name) is not None and scale.get("setYExtents")}
    return {**bounds, "percent": scale.get("mode") == "percentage", "fit": bool(scale.get("defaultYExtents"))}


def _pie(panel: Panel, found: Table) -> dict[str, Any]:
    metric = next(i for i, each in enumerate(found.columns) if each["schema"] == "metric")
    segments = [i for i, each in enumerate(found.columns) if each["schema"] == "segment"]
    rows, note = first_chart(found)
    slices = [{"name": ": ".join(str(row[i]) for i in segments) or "all", "value": row[metric]} for row in rows]
    return {
        "kind": "pie",
        "note": note,
        "donut": bool(panel.state["params"].get("isDonut")),
        "slices": slices,
        "colors": panel.ui_state.get("vis", {}).get("colors", {}),
    }


def _dates(panel: Panel, found: Table) -> list[int]:
    """Return the indices of the columns that hold points in time (milliseconds), not amounts."""
    kept = ("max", "min", "terms", "date_histogram")
    return [i for i, each in enumerate(found.columns) if each["field"] == panel.time_field and each["type"] in kept]


def _percents(panel: Panel, found: Table) -> list[int]:
    """Return the indices of the columns whose numbers the index pattern shows as percent, without counts."""
    return [i for i, each in enumerate(found.columns) if panel.formats.get(each["field"], {}).get("id") == "percent"]


def _links(panel: Panel, found: Table) -> dict[int, dict[str, Any]]:
    """Return the templates of the columns whose field is a link, by position. `{{value}}` stands for the cell.

    Dashboards makes no link of "Missing" and "Other".
    """
    links = {}
    for i, column in enumerate(found.columns):
        made = panel.formats.get(column["field"], {})
        if made.get("id") == "url":
            params = made["params"]
            links[i] = {
                "url": params.get("urlTemplate"),
                "label": params.get("labelTemplate"),
                "except": column["rest"],
            }
    return links


def _metric(panel: Panel, found: Table) -> dict[str, Any]:
    style = panel.state["params"].get("metric", {})
    dates = _dates(panel, found)
    shares = _percents(panel, found)
    metrics = [i for i, each in enumerate(found.columns) if each["schema"] == "metric"]
    values = [
        {
            "label": _name(tuple(row[: metrics[0]]), found.columns[i], 2),
            "value": row[i],
            "date": i in dates,
            "percent": i in shares,
        }
        for row in found.rows
        for i in metrics
    ]
    return {"kind": "metric", "values": values, "ranges": _ranges(style)}


def _ranges(style: dict[str, Any]) -> list[dict[str, Any]]:
    ranges = style.get("colorsRange", [])
    mode = style.get("metricColorMode", "None")
    return ranges if mode != "None" else []


def _controls(panel: Panel, answer: dict[str, Any]) -> dict[str, Any]:
    found = answer.get("aggregations", {})
    return {
        "kind": "controls",
        "controls": [
            {
                "field": each["fieldName"],
                "label": each.get("label") or each["fieldName"],
                "multiple": each.get("options", {}).get("multiselect", True),
                "options": [bucket["key"] for bucket in found.get(each["id"], {}).get("buckets", [])],
            }
            for each in panel.state["params"]["controls"]
        ],
    }
