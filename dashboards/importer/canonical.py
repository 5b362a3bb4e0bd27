"""Write saved objects always in the same form, so that a change made by clicking is a short, readable diff.

The form leaves out what Dashboards adds by itself: dates, versions of the record, popularity counts, numbering. What
Dashboards keeps as JSON inside a text is plain JSON, with its keys in order. Panels are in reading order.
"""

import json
from typing import Any

from dashboards.importer.saved_objects import JSON_KEYS, SavedObject, with_json_texts

KEPT_KEYS = ("type", "id", "migrationVersion", "attributes", "references")
"""In this order, since a reader wants to know first which object it is."""
PANEL_VERSION = "2.11.0"
"""Dashboards writes its own version into every panel. The form has the oldest version that takes these objects."""
WIDTH = 190
"""What is shorter stands on one line, such as a field of an index pattern."""
INDENT = "  "


def canonical(found: dict[str, Any]) -> dict[str, Any]:
    """Return the object in the form that the repository keeps; `canonical(canonical(x)) == canonical(x)`."""
    kept = {name: found[name] for name in KEPT_KEYS if name in found}
    kept["references"] = sorted(kept.get("references", []), key=lambda each: str(each["name"]))
    kept["attributes"] = _without_json_texts(kept["attributes"])
    if kept["type"] == "dashboard":
        kept = _in_reading_order(kept)
    if kept["type"] == "index-pattern" and "fields" in kept["attributes"]:
        kept["attributes"]["fields"] = _without_counts(kept["attributes"]["fields"])
    return kept


def as_exported(found: dict[str, Any], old: SavedObject | None) -> dict[str, Any]:
    """Return what Dashboards has in the canonical form, to be written over `old`.

    Dashboards lists all fields that its data has today. The file lists only those that the panels need, so they stay.
    """
    if old and old.type == "index-pattern" and "fields" in old.body["attributes"]:
        found = {**found, "attributes": {**found["attributes"], "fields": old.body["attributes"]["fields"]}}
    return canonical(found)


def to_text(objects: list[dict[str, Any]], suffix: str) -> str:
    """Return the objects as the text of a `.json` file, or of an `.ndjson` file with an object a line."""
    if suffix == ".ndjson":
        return "".join(_line(canonical(each)) for each in objects)
    return "[\n" + ",\n".join(_object_text(canonical(each)) for each in objects) + "\n]\n"


def _line(kept: dict[str, Any]) -> str:
    as_sent = {**kept, "attributes": with_json_texts(kept["attributes"])}
    return json.dumps(as_sent, ensure_ascii=False, sort_keys=True) + "\n"


def _object_text(kept: dict[str, Any]) -> str:
    lines = [f"{INDENT}{json.dumps(name)}: {_value_text(value, INDENT)}" for name, value in kept.items()]
    return "{\n" + ",\n".join(lines) + "\n}"


def _value_text(value: Any, indent: str) -> str:
    """Return `value` on one line if it is short, else an item a line. `indent` stands before the line it begins on."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(indent) + len(text) <= WIDTH or not isinstance(value, dict | list):
        return text
    deeper = indent + INDENT
    if isinstance(value, list):
        items = [_value_text(each, deeper) for each in value]
    else:
        items = [
            f"{json.dumps(name, ensure_ascii=False)}: {_value_text(value[name], deeper)}" for name in sorted(value)
        ]
    begin, end = "[]" if isinstance(value, list) else "{}"
    return f"{begin}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{end}"


def _without_json_texts(attributes: dict[str, Any]) -> dict[str, Any]:
    written = dict(attributes)
    for name, value in attributes.items():
        if name == "kibanaSavedObjectMeta":
            written[name] = _without_json_texts(value)
        elif name in JSON_KEYS:
            written[name] = json.loads(value or "{}") if isinstance(value, str) else value
            if name == "visState":
                written[name] = _without_spec_text(written[name])
    return written


def _without_spec_text(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of a visualization with its Vega spec as JSON; one with comments in it stays a text."""
    spec = state.get("params", {}).get("spec")
    try:
        return {**state, "params": {**state["params"], "spec": json.loads(spec)}} if isinstance(spec, str) else state
    except ValueError:
        return state


def _in_reading_order(found: dict[str, Any]) -> dict[str, Any]:
    """Sort the panels, and name their references after them: Dashboards numbers all anew when one is added."""
    targets = {each["name"]: each for each in found["references"]}
    panels = [{**each, "version": PANEL_VERSION} for each in found["attributes"]["panelsJSON"]]
    panels.sort(key=lambda each: (each["gridData"]["y"], each["gridData"]["x"]))
    references = []
    for panel in panels:
        if name := panel.get("panelRefName"):
            panel["panelRefName"] = f"panel_{panel['panelIndex']}"
            references.append({**targets.pop(name), "name": panel["panelRefName"]})
    references += targets.values()
    attributes = {**found["attributes"], "panelsJSON": panels}
    return {**found, "attributes": attributes, "references": sorted(references, key=lambda each: str(each["name"]))}


def _without_counts(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({**each, "count": 0} for each in fields), key=lambda each: str(each["name"]))
