"""One way to write a saved object, so that a change made by clicking becomes a short, readable diff.

What Dashboards adds by itself (dates, versions of the record, popularity counts, numbering) is left out;
JSON inside JSON is written compactly with its keys in order; panels come in reading order.
"""

import json
from typing import Any

KEPT = ("attributes", "id", "migrationVersion", "references", "type")
EMBEDDED = ("fields", "optionsJSON", "panelsJSON", "searchSourceJSON", "uiStateJSON", "visState")
PANEL_VERSION = "2.11.0"
"""Dashboards stamps every panel with its own version; the oldest one that takes these objects stays written."""


def canonical(found: dict[str, Any]) -> dict[str, Any]:
    """The object as it stands in the repository; ``canonical(canonical(x)) == canonical(x)``."""
    kept = {name: found[name] for name in KEPT if name in found}
    kept["references"] = sorted(kept.get("references", []), key=lambda each: each["name"])
    kept["attributes"] = _embedded(kept["attributes"])
    if kept["type"] == "dashboard":
        kept = _in_reading_order(kept)
    if kept["type"] == "index-pattern" and "fields" in kept["attributes"]:
        kept["attributes"]["fields"] = _compact(_uncounted(json.loads(kept["attributes"]["fields"])))
    return kept


def line(found: dict[str, Any]) -> str:
    """The object as its line of an NDJSON file."""
    return json.dumps(canonical(found), ensure_ascii=False, sort_keys=True) + "\n"


def _embedded(attributes: dict[str, Any]) -> dict[str, Any]:
    written = dict(attributes)
    for name, value in attributes.items():
        if name == "kibanaSavedObjectMeta":
            written[name] = _embedded(value)
        elif name in EMBEDDED:
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


def _uncounted(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({**each, "count": 0} for each in fields), key=lambda each: str(each["name"]))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
