"""Find what people have edited in Dashboards, so that no import writes over it unasked.

Each object is imported with a mark: a hash of what was imported, in `originId`. Dashboards keeps the key beside the
attributes, shows it nowhere, and drops it when somebody saves the object. So an object without a mark, or whose mark
does not fit, is one that somebody saved.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dashboards.importer.canonical import as_exported, canonical
from dashboards.importer.saved_objects import Key, SavedObject

MARK = "originId"
NO_EDITS = "none"
"""What the output says when there were no edits to keep. CloudFormation refuses an empty text."""
Live = Mapping[Key, Mapping[str, Any]]
"""What Dashboards has now, by type and id."""


def edited(objects: Iterable[SavedObject], live: Live) -> list[SavedObject]:
    """Return those `objects` that somebody edited in Dashboards and that differ from the files.

    A refreshed field list is no edit: `to_import` keeps it. A deleted object is not noticed.
    """
    there = [(ours, live[ours.key]) for ours in objects if ours.key in live]
    if not any(MARK in theirs for _, theirs in there):
        # An import from before there were marks wrote all objects at one moment. Newer ones were saved by a person.
        imported = min((theirs.get("updated_at", "") for _, theirs in there), default="")
        there = [(ours, theirs) for ours, theirs in there if theirs.get("updated_at", "") > imported]
    return [ours for ours, theirs in there if _is_edited(ours, theirs)]


def to_import(found: SavedObject, live: Live) -> SavedObject:
    """Return the object as it is sent: with its mark, and with the fields that only the one in Dashboards lists."""
    body = {**found.body, MARK: _mark(canonical(found.body))}
    theirs = live.get(found.key)
    if theirs and "fields" in found.body["attributes"]:
        body["attributes"] = _with_more_fields(body["attributes"], theirs.get("attributes", {}))
    return replace(found, body=body)


def _is_edited(ours: SavedObject, theirs: Mapping[str, Any]) -> bool:
    try:
        now = as_exported(dict(theirs), ours)
    except (ValueError, KeyError, TypeError, AttributeError):  # a person can save any text as an object's JSON
        return True
    return now != canonical(ours.body) and theirs.get(MARK) != _mark(now)


def _mark(written: Mapping[str, Any]) -> str:
    """Return the mark of an object in its canonical form. Field lists do not count: Dashboards rewrites them."""
    kept = {name: value for name, value in written["attributes"].items() if name != "fields"}
    text = json.dumps([kept, written["references"]], sort_keys=True)
    return f"predmon:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _with_more_fields(ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    fields = json.loads(ours["fields"])
    names = {each["name"] for each in fields}
    try:
        more = [each for each in json.loads(theirs.get("fields") or "[]") if each["name"] not in names]
    except (ValueError, KeyError, TypeError):
        return ours
    return {**ours, "fields": json.dumps([*fields, *more])} if more else ours
