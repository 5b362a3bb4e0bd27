"""How an index template and an index map fields, and whether both mean the same by a field."""

from collections.abc import Iterator, Mapping
from typing import Any

FRACTIONS = ("double", "float", "half_float", "scaled_float")
WHOLE = ("byte", "short", "integer", "long", "unsigned_long")
STRINGS = ("text", "match_only_text", "keyword", "wildcard", "constant_keyword")
ALSO_RIGHT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(FRACTIONS, FRACTIONS),
    **dict.fromkeys(WHOLE, (*WHOLE, *FRACTIONS)),
    **dict.fromkeys(STRINGS, STRINGS),
    "date": ("date", "date_nanos"),
}
"""A template's type → the types that hold the same values. What panels count, a keyword below a text, must be one."""


def types(properties: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give path and type of each field that holds values."""
    for name, field in properties.items():
        if field.get("type") not in (None, "object", "alias"):
            yield prefix + name, field["type"]
        yield from types({**field.get("properties", {}), **field.get("fields", {})}, f"{prefix}{name}.")


def is_right(path: str, wanted: str, type: str) -> bool:
    """Return whether a field of this type holds and counts what the one that the template wants does."""
    return type == wanted or (not path.endswith(".keyword") and type in ALSO_RIGHT.get(wanted, ()))


def without_wrong(properties: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return an index's fields without those whose values a template's own fields, `wanted`, would hold otherwise."""
    kept = {}
    for name, field in properties.items():
        ours = dict(types({name: wanted.get(name, {})}))
        if "properties" in field:
            inner = without_wrong(field["properties"], wanted.get(name, {}).get("properties", {}))
            kept[name] = {**field, "properties": inner}
        elif all(is_right(path, ours.get(path, type), type) for path, type in types({name: field})):
            kept[name] = field
    return kept
