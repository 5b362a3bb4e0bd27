"""Resolve a stored dashboard, and the objects that its panels refer to, into plain values."""

import json
from dataclasses import dataclass, field
from typing import Any

from dashboards.preview.store import Store


@dataclass(frozen=True)
class Panel:
    """One panel, with all that is needed to search and draw it."""

    index: str
    title: str
    grid: dict[str, int]
    title_hidden: bool
    type: str
    """`search`, or the type of the visualization."""
    pattern: str = ""
    time_field: str = ""
    queries: list[dict[str, Any]] = field(default_factory=list)
    filters: list[dict[str, Any]] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    ui_state: dict[str, Any] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    sort: list[list[str]] = field(default_factory=list)
    description: str = ""
    formats: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How the index pattern formats a field, by its name."""


@dataclass(frozen=True)
class Dashboard:
    """A dashboard with its panels in reading order."""

    id: str
    title: str
    description: str
    time_from: str
    time_to: str
    time_restore: bool
    """Whether it opens at its own time range. Else it keeps the one of the page before."""
    refresh_seconds: float
    panels: list[Panel]


class MissingObjectError(LookupError):
    """A saved object does not exist, or does not have the reference that is needed."""


def dashboard(store: Store, id_: str) -> Dashboard:
    """Return the dashboard with this id.

    Raises:
        MissingObjectError: if the dashboard, or an object that it refers to, is not in the store.
    """
    found = _get(store, "dashboard", id_)
    attributes = found["attributes"]
    own = json.loads(attributes.get("kibanaSavedObjectMeta", {}).get("searchSourceJSON", "{}"))
    panels = [_panel(store, found, each, own) for each in json.loads(attributes["panelsJSON"])]
    refresh = attributes.get("refreshInterval", {"pause": True, "value": 0})
    return Dashboard(
        id=id_,
        title=attributes["title"],
        description=attributes.get("description", ""),
        time_from=attributes.get("timeFrom", "now-15m"),
        time_to=attributes.get("timeTo", "now"),
        time_restore=bool(attributes.get("timeRestore")),
        refresh_seconds=0 if refresh["pause"] else refresh["value"] / 1000,
        panels=sorted(panels, key=lambda each: (each.grid["y"], each.grid["x"])),
    )


def _panel(store: Store, owner: dict[str, Any], panel: dict[str, Any], own: dict[str, Any]) -> Panel:
    type_, id_ = _reference(owner, panel["panelRefName"])
    shown = _get(store, type_, id_)
    attributes = shown["attributes"]
    grid = {name: panel["gridData"][name] for name in ("x", "y", "w", "h")}
    settings = panel.get("embeddableConfig", {})
    title = panel.get("title") or settings.get("title") or attributes["title"]
    source, sources = _sources(store, shown)
    pattern = _pattern(store, shown, sources)
    common: dict[str, Any] = {
        "index": panel["panelIndex"],
        "title": title,
        "title_hidden": settings.get("hidePanelTitles", False),
        "grid": grid,
        "description": attributes.get("description", ""),
        "pattern": pattern.get("title", ""),
        "time_field": pattern.get("timeFieldName", ""),
        "queries": [each["query"] for each in [*sources, own] if each.get("query")],
        "filters": [one for each in [*sources, own] for one in each.get("filter", [])],
        "source": source,
        "formats": json.loads(pattern.get("fieldFormatMap") or "{}"),
    }
    if type_ == "search":
        return Panel(
            **common,
            type="search",
            columns=settings.get("columns") or attributes["columns"],
            sort=settings.get("sort") or attributes["sort"],
        )
    state = json.loads(attributes["visState"])
    ui_state = json.loads(attributes.get("uiStateJSON") or "{}") | {
        name: settings[name] for name in ("vis",) if name in settings
    }
    return Panel(**common, type=state["type"], state=state, ui_state=ui_state)


def _sources(store: Store, shown: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the object's own search source, and a list of it and that of the saved search it is built on."""
    meta = shown["attributes"].get("kibanaSavedObjectMeta", {})
    source = {**json.loads(meta.get("searchSourceJSON", "{}")), "owner": shown}
    if name := shown["attributes"].get("savedSearchRefName"):
        parent = _get(store, *_reference(shown, name))
        parent_meta = parent["attributes"]["kibanaSavedObjectMeta"]
        return source, [source, {**json.loads(parent_meta["searchSourceJSON"]), "owner": parent}]
    return source, [source]


def _pattern(store: Store, shown: dict[str, Any], sources: list[dict[str, Any]]) -> dict[str, Any]:
    for source in sources:
        if name := source.get("indexRefName"):
            return dict(_get(store, *_reference(source["owner"], name))["attributes"])
    for each in shown.get("references", []):
        if each["type"] == "index-pattern":
            return dict(_get(store, "index-pattern", each["id"])["attributes"])
    return {}


def _reference(owner: dict[str, Any], name: str) -> tuple[str, str]:
    for each in owner.get("references", []):
        if each["name"] == name:
            return each["type"], each["id"]
    raise MissingObjectError(f"{owner['type']} {owner['id']!r} has no reference named {name!r}")


def _get(store: Store, type_: str, id_: str) -> dict[str, Any]:
    found = store.get(type_, id_)
    if found is None:
        raise MissingObjectError(f"there is no {type_} {id_!r} in the preview. Import it with: predmon import")
    return found
