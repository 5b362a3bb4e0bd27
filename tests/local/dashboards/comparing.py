"""What the panels of a page show, as the preview draws it, and as it follows from a real Dashboards' own requests."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch
from playwright.sync_api import Page, Response

from dashboards.importer.saved_objects import load
from dashboards.preview.aggregations import other_request, with_other
from dashboards.preview.drawings import drawing
from dashboards.preview.panels import Panel, dashboard
from dashboards.preview.searching import View, body_of_search, search
from dashboards.preview.store import Store

QUIET_MS = 8000
"""A page is done when it has asked nothing for so long."""
WITHOUT_NUMBERS = ("markdown", "input_control_vis", "vega")
OF_EVERY_SEARCH = {"@timestamp", "@log_group.keyword"}
Searched = list[tuple[tuple[str, dict[str, Any]], dict[str, Any]]]
"""Searches (index pattern and body), and the answers to them."""


def panels_of(board: str, home: Path) -> list[Panel]:
    """Return the panels of a page that show numbers or documents."""
    store = Store(home)
    store.put([each.body for each in load()])
    return [each for each in dashboard(store, board).panels if each.type not in WITHOUT_NUMBERS]


def of_preview(engine: OpenSearch, panels: list[Panel], view: View) -> dict[str, Any]:
    """Return what the preview draws in each panel, by title."""
    answers = search(engine, panels, view)
    return {each.title: drawing(each, answers[each.index], view.span) for each in panels}


def of_real(searched: Searched, panels: list[Panel], view: View) -> dict[str, Any]:
    """Return what each panel shows by the answers that a real Dashboards got. Fail where it did not ask."""
    return {each.title: drawing(each, _answer(searched, each, view), view.span) for each in panels}


def searches_on(page: Page, address: str) -> Searched:
    """Open a page of a real Dashboards, and return what it searched for and what it got."""
    responses: list[Response] = []
    page.on("response", lambda each: "/internal/search/opensearch" in each.url and responses.append(each))
    page.set_viewport_size({"width": 1440, "height": 4000})
    page.goto(address, timeout=120_000)
    page.wait_for_selector('[data-test-subj="embeddablePanel"]', timeout=120_000)
    known = -1
    while known != len(responses):
        known = len(responses)
        page.wait_for_timeout(QUIET_MS)
    asked = [each.request.post_data_json["params"] for each in responses]
    answers = [_whole(each.json()["rawResponse"]) for each in responses]
    return [((each["index"], each["body"]), answer) for each, answer in zip(asked, answers, strict=True)]


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer as the engine gave it: Dashboards asks for the total as a plain number."""
    return {**answer, "hits": {**answer["hits"], "total": {"value": answer["hits"]["total"]}}}


def _answer(searched: Searched, panel: Panel, view: View) -> dict[str, Any]:
    """Return the answer to the panel's search: the one that counts the same fields, below the same conditions."""
    asked = body_of_search(panel, view)
    found = _find(searched, panel, asked)
    other = other_request(panel.state.get("aggs", []), found, view.span)
    if not other:
        return found
    return with_other(panel.state["aggs"], found, _find(searched, panel, {**asked, "aggs": other}))


def _find(searched: Searched, panel: Panel, asked: dict[str, Any]) -> dict[str, Any]:
    wanted = _signature(asked)
    found = [answer for (index, body), answer in searched if index == panel.pattern and _signature(body) == wanted]
    assert found, f"Dashboards did not search for {panel.title}: {wanted}"
    return found[-1]


def _signature(body: dict[str, Any]) -> str:
    """Return what a search asks, whichever way it is written: its aggregations, conditions and order."""
    order = [name for each in body.get("sort", []) for name in each]
    conditions = sorted(set(_conditions(body["query"])) - OF_EVERY_SEARCH)
    return json.dumps([_shape(body.get("aggs") or {}), conditions, _negations(body["query"]), order])


def _shape(aggs: dict[str, Any]) -> list[Any]:
    shapes = []
    for name, each in sorted(aggs.items()):
        (kind,) = [key for key in each if key not in ("aggs", "meta")]
        fields = sorted(set(_conditions(each[kind]))) if kind == "filters" else each[kind].get("field")
        shapes.append([name, kind, fields, each[kind].get("size"), _shape(each.get("aggs") or {})])
    return shapes


def _conditions(query: Any) -> Iterator[str]:
    """Yield the fields that a query asks about."""
    if isinstance(query, list):
        for each in query:
            yield from _conditions(each)
    elif isinstance(query, dict):
        for name, each in query.items():
            if name in ("match", "match_phrase", "term", "terms", "range"):
                yield from each
            elif name == "exists":
                yield each["field"]
            elif name == "query_string":
                yield from each.get("fields", [])
            else:
                yield from _conditions(each)


def _negations(query: Any) -> int:
    if isinstance(query, list):
        return sum(map(_negations, query))
    if not isinstance(query, dict):
        return 0
    return sum(bool(each) if name == "must_not" else _negations(each) for name, each in query.items())
