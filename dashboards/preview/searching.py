"""Search for all panels of a dashboard in one `_msearch` request."""

from dataclasses import dataclass, field
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from dashboards.preview.aggregations import UndrawableError, to_request
from dashboards.preview.kql import KqlError, to_query
from dashboards.preview.panels import Panel
from dashboards.preview.timerange import TimeRange

SAMPLE_SIZE = 200
"""Rows of a data table at first. The button below them asks for as many again."""
MOST_ROWS = 10_000
"""OpenSearch pages no further than this."""
CONTROL_OPTIONS = 50
_WITHOUT_SEARCH = ("markdown",)


@dataclass(frozen=True)
class View:
    """The choices of the reader: a time range, a search text, and values chosen in controls."""

    span: TimeRange
    query: str = ""
    chosen: dict[str, list[str]] = field(default_factory=dict)
    rows: int = SAMPLE_SIZE


def search(engine: OpenSearch, panels: list[Panel], view: View) -> dict[str, Any]:
    """Return the answer for each panel by its index: a search response, or `{"error": text}`."""
    answers: dict[str, Any] = {}
    asked: list[Panel] = []
    lines: list[dict[str, Any]] = []
    for panel in panels:
        if panel.type in _WITHOUT_SEARCH:
            continue
        try:
            body = _body(panel, view)
        except (UndrawableError, KqlError) as error:
            answers[panel.index] = {"error": str(error)}
            continue
        asked.append(panel)
        # Refuse partial answers: an index outside the time range answers even if the query is wrong.
        whole = {"ignore_unavailable": True, "allow_partial_search_results": False}
        lines += [{"index": panel.pattern, **whole}, body]
    for panel, answer in zip(asked, _msearch(engine, lines), strict=True):
        answers[panel.index] = {"error": _reason(answer["error"])} if "error" in answer else answer
    return answers


def _msearch(engine: OpenSearch, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one answer for every two lines.

    A body that does not parse makes the whole `_msearch` fail. Then each search is sent alone.
    """
    if not lines:
        return []
    try:
        found: Any = engine.msearch(body=lines, params={"max_concurrent_searches": 4})
        return list(found["responses"])
    except RequestError as error:
        if len(lines) == 2:
            info: Any = error.info
            return [{"error": info["error"]}]
        return [_msearch(engine, lines[i : i + 2])[0] for i in range(0, len(lines), 2)]


def _body(panel: Panel, view: View) -> dict[str, Any]:
    query = _query(panel, view)
    if panel.type == "search":
        return {
            "size": max(1, min(view.rows, MOST_ROWS)),
            "query": query,
            "sort": [{name: {"order": order, "unmapped_type": "boolean"}} for name, order in panel.sort],
            "docvalue_fields": panel.source.get("docvalue_fields", []),
            "track_total_hits": True,
        }
    body = {"size": 0, "query": query, "track_total_hits": True}
    if panel.type == "input_control_vis":
        controls = panel.state["params"]["controls"]
        return body | {
            "aggs": {
                each["id"]: {"terms": {"field": each["fieldName"], "size": CONTROL_OPTIONS, "order": {"_key": "asc"}}}
                for each in controls
            }
        }
    return body | {"aggs": to_request(panel.state["aggs"], view.span)}


def _query(panel: Panel, view: View) -> dict[str, Any]:
    must: list[dict[str, Any]] = []
    must_not: list[dict[str, Any]] = []
    for each in [*panel.queries, {"query": view.query}]:
        if made := to_query(each["query"], each.get("language", "kuery")):
            must.append(made)
    for each in panel.filters:
        meta = each.get("meta", {})
        if not meta.get("disabled"):
            clause = each.get("query") or {"exists": each["exists"]}
            (must_not if meta.get("negate") else must).append(clause)
    if panel.type != "input_control_vis":
        must += [{"terms": {name: values}} for name, values in view.chosen.items() if values]
    if panel.time_field:
        must.append(view.span.filter(panel.time_field))
    return {"bool": {"filter": must, "must_not": must_not}}


def _reason(error: dict[str, Any]) -> str:
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason", error))
