"""Search for all panels of a dashboard in one `_msearch` request."""

import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from dashboards.preview.aggregations import UndrawableError, other_request, to_request, with_other
from dashboards.preview.intervals import bounds_request, with_intervals
from dashboards.preview.kql import KqlError, to_query
from dashboards.preview.panels import Panel
from dashboards.preview.timerange import TimeRange
from dashboards.preview.vega import list_searches

SAMPLE_SIZE = 200
"""Rows of a data table at first. The button below them asks for as many again."""
MOST_ROWS = 10_000
"""OpenSearch pages no further than this."""
CONTROL_OPTIONS = 50
_WHOLE = {"ignore_unavailable": True, "allow_partial_search_results": False}
"""Refuse partial answers: an index outside the time range answers even if the query is wrong."""
_WITHOUT_SEARCH = ("markdown", "vega")
"""A Vega panel has several searches, see `vega.py`."""


@dataclass(frozen=True)
class View:
    """The choices of the reader: a time range, a search text, and values chosen in controls."""

    span: TimeRange
    query: str = ""
    chosen: dict[str, list[str]] = field(default_factory=dict)
    rows: int = SAMPLE_SIZE


def search(engine: OpenSearch, panels: list[Panel], view: View) -> dict[str, Any]:
    """Return the answer for each panel by its index: a search response, or `{"error": text}`.

    Up to three rounds, as in Dashboards: the bounds of histograms, what the panels show, and "Other". A panel that
    cannot be asked for has an error, and all others have their answers.
    """
    asked = [panel for panel in panels if panel.type not in _WITHOUT_SEARCH]
    bounds = _round(engine, asked, lambda panel: _sum_up(panel, view, bounds_request(_aggs(panel))))

    def spread(panel: Panel) -> Panel:
        return _spread(panel, bounds.get(panel.index))

    answers = _round(engine, asked, lambda panel: body_of_search(spread(panel), view))
    left = [panel for panel in asked if "error" not in answers[panel.index]]
    others = _round(
        engine,
        left,
        lambda panel: _sum_up(panel, view, other_request(_aggs(spread(panel)), answers[panel.index], view.span)),
    )
    by_index = {panel.index: panel for panel in left}
    for index, other in others.items():
        failed = "error" in other
        answers[index] = other if failed else with_other(_aggs(by_index[index]), answers[index], other)
    return answers | {panel.index: _ask_for_vega(engine, panel, view) for panel in panels if panel.type == "vega"}


def _ask_for_vega(engine: OpenSearch, panel: Panel, view: View) -> dict[str, Any]:
    """Return `{"values": …}` with the answers to a Vega panel's searches by the name of their data, or an error."""
    try:
        searches = list_searches(json.loads(panel.state["params"]["spec"]), _query(panel, view), view.span)
        lines = [part for each in searches.values() for part in ({"index": each["index"], **_WHOLE}, each["body"])]
        values = {name: _count(each) for name, each in zip(searches, _msearch(engine, lines), strict=True)}
    except (UndrawableError, KqlError) as error:
        return {"error": str(error)}
    failed = [_reason(each["error"]) for each in values.values() if "error" in each]
    return {"error": failed[0]} if failed else {"values": values}


def _count(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with its number of hits as a plain number, as Dashboards hands it to a panel."""
    return (
        answer
        if "error" in answer
        else {**answer, "hits": {**answer["hits"], "total": answer["hits"]["total"]["value"]}}
    )


def _round(
    engine: OpenSearch, panels: list[Panel], make: Callable[[Panel], dict[str, Any] | None]
) -> dict[str, dict[str, Any]]:
    """Send the search of each panel that has one in this round, all in one request."""
    answers: dict[str, dict[str, Any]] = {}
    asked: list[Panel] = []
    lines: list[dict[str, Any]] = []
    for panel in panels:
        try:
            body = make(panel)
        except (UndrawableError, KqlError) as error:
            answers[panel.index] = {"error": str(error)}
            continue
        except Exception as error:  # whatever it is, it is this panel's alone
            answers[panel.index] = unexpected(error)
            continue
        if body is None:
            continue
        asked.append(panel)
        lines += [{"index": panel.pattern, **_WHOLE}, body]
    for panel, answer in zip(asked, _msearch(engine, lines), strict=True):
        answers[panel.index] = {"error": _reason(answer["error"])} if "error" in answer else answer
    return answers


def _aggs(panel: Panel) -> list[dict[str, Any]]:
    return list(panel.state.get("aggs", []))


def _spread(panel: Panel, bounds: dict[str, Any] | None) -> Panel:
    """Return the panel with the width of its bars as a number."""
    if bounds is None or "error" in bounds:
        return panel
    return replace(panel, state={**panel.state, "aggs": with_intervals(_aggs(panel), bounds["aggregations"])})


def _sum_up(panel: Panel, view: View, aggs: dict[str, Any]) -> dict[str, Any] | None:
    """Return the body of a search for these aggregations, or None if there are none."""
    return {"size": 0, "query": _query(panel, view), "track_total_hits": True, "aggs": aggs} if aggs else None


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


def body_of_search(panel: Panel, view: View) -> dict[str, Any]:
    """Return the body of the search for what a panel shows."""
    query = _query(panel, view)
    if panel.type == "search":
        return {
            "size": max(1, min(view.rows, MOST_ROWS)),
            "query": query,
            "sort": [{name: {"order": order, "unmapped_type": "boolean"}} for name, order in panel.sort],
            "docvalue_fields": panel.source.get("docvalue_fields", []),
            "script_fields": panel.source.get("script_fields", {}),
            "_source": True,  # a search with scripts leaves it out unless it is asked for
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


def unexpected(error: Exception) -> dict[str, Any]:
    """Return the answer of a panel that fails for a reason that nobody foresaw. The trace is in the preview's log."""
    traceback.print_exception(error)
    return {"error": f"the preview failed at this panel. See its log. The error is: {error!r}"}


def _reason(error: dict[str, Any]) -> str:
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("reason", error))
