"""Write a saved object always in the same form, so that a change made by clicking is a short, readable diff.

The form leaves out what Dashboards adds by itself: dates, versions of the record, popularity counts, numbering. JSON
inside JSON is compact with its keys in order. Panels are in reading order.
"""

import json
from typing import Any

KEPT_KEYS = ("attributes", "id", "migrationVersion", "references", "type")
JSON_KEYS = ("fields", "optionsJSON", "panelsJSON", "searchSourceJSON", "uiStateJSON", "visState")
PANEL_VERSION = "2.11.0"
"""Dashboards writes its own version into every panel. The form has the oldest version that takes these objects."""


def canonical(found: dict[str, Any]) -> dict[str, Any]:
    """Return the object in the form that the repository keeps; `canonical(canonical(x)) == canonical(x)`."""
    kept = {name: found[name] for name in KEPT_KEYS if name in found}
    kept["references"] = sorted(kept.get("references", []), key=lambda each: each["name"])
    kept["attributes"] = _with_compact_json(kept["attributes"])
    if kept["type"] == "dashboard":
        kept = _in_reading_order(kept)
    if kept["type"] == "index-pattern" and "fields" in kept["attributes"]:
        kept["attributes"]["fields"] = _compact(_without_counts(json.loads(kept["attributes"]["fields"])))
    return kept


def to_line(found: dict[str, Any]) -> str:
    """Return the object as a line of an NDJSON file."""
    return json.dumps(canonical(found), ensure_ascii=False, sort_keys=True) + "\n"


def _with_compact_json(attributes: dict[str, Any]) -> dict[str, Any]:
    written = dict(attributes)
    for name, value in attributes.items():
        if name == "kibanaSavedObjectMeta":
            written[name] = _with_compact_json(value)
        elif name in JSON_KEYS:
            written[name] = _compact(json.loads(value or "{}"))
    return written


def _in_reading_order(found: dict[str, Any]) -> dict[str, Any]:
    targets = {each["name"]: each for each in found["references"]}
    panels = json.loads(found["attributes"]["panelsJSON"])
    panels.sort(key=lambda each: (each["gridData"]["y"], each["gridData"]["x"]))
    references = []
    for number, panel in enumerate(panels):
        if name := panel.get("panelRefName"):
            references.append({**targets.pop(name), "name": f"panel_{number:02}"})
            panel["panelRefName"] = f"panel_{number:02}"
        panel["version"] = PANEL_VERSION
    references += targets.values()
    attributes = {**found["attributes"], "panelsJSON": _compact(panels)}
    return {**found, "attributes": attributes, "references": sorted(references, key=lambda each: each["name"])}


def _without_counts(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({**each, "count": 0} for each in fields), key=lambda each: str(each["name"]))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
