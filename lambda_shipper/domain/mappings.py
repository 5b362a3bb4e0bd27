"""An index's mapping as OpenSearch gives and takes it: which fields it has, whose they are, and how a new one looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from lambda_shipper.domain.keys import OBJECT, OPAQUE

OWNER = "added_for"
"""The key of a field's `meta` that holds the log group for which it was added, as a hash."""
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}},
    "boolean": {"type": "boolean"},
    "long": {"type": "long"},
    "double": {"type": "float"},
}
"""What OpenSearch makes of a value for which no dynamic template is meant ("Dynamic field mapping")."""
WITH_KEYS = (None, "object", "nested")
WITH_ANYTHING = ("flat_object", "geo_point", "geo_shape", "percolator", "alias", "join")


class Usage:
    """How many fields a mapping has, in all and by owner, as `index.mapping.total_fields.limit` counts them."""

    def __init__(self) -> None:
        self.total = 0
        self.by_owner: Counter[str] = Counter()

    @staticmethod
    def fields_of(mapping: Mapping[str, Any]) -> int:
        """Return how many fields one mapping takes, with those below it under `fields`."""
        return 1 + len(mapping.get("fields", ()))

    def add(self, count: int, owner: str | None) -> None:
        """Count fields."""
        self.total += count
        if owner:
            self.by_owner[owner] += count


def read_mapping(mappings: Mapping[str, Any]) -> tuple[dict[str, str], Usage]:
    """Return each field's type by its path, and whose they are. An object counts for the owner of its first field."""
    fields: dict[str, str] = {}
    usage = Usage()
    _read(mappings.get("properties", {}), "", fields, usage)
    return fields, usage


def _read(properties: Mapping[str, Any], prefix: str, fields: dict[str, str], usage: Usage) -> str | None:
    first: str | None = None
    for name, mapping in properties.items():
        type = mapping.get("type")
        if type not in WITH_KEYS:
            fields[prefix + name] = OPAQUE if type in WITH_ANYTHING else type
            owner = mapping.get("meta", {}).get(OWNER)
            usage.add(Usage.fields_of(mapping), owner)
        elif mapping.get("enabled") is False:
            fields[prefix + name] = OPAQUE
            owner = None
            usage.add(1, None)
        else:
            fields[prefix + name] = OBJECT
            owner = _read(mapping.get("properties", {}), f"{prefix}{name}.", fields, usage)
            usage.add(1, owner)
        first = first or owner
    return first


def mapping_of(path: str, kind: str, templates: list[Any]) -> dict[str, Any]:
    """Return the mapping that OpenSearch would give a new field, by the index's own dynamic templates."""
    name = path.rpartition(".")[2]
    for template in templates:
        (rule,) = template.values()
        if rule.get("match_mapping_type", "*") in (kind, "*") and _matches(rule, name, path):
            mapping = rule.get("mapping", {})
            if mapping.get("type", "").startswith("{"):
                mapping = {**mapping, "type": DEFAULTS[kind]["type"]}
            return dict(mapping) if "type" in mapping else {**DEFAULTS[kind], **mapping}
    return dict(DEFAULTS[kind])


def _matches(rule: Mapping[str, Any], name: str, path: str) -> bool:
    given = (("match", name, True), ("unmatch", name, False), ("path_match", path, True), ("path_unmatch", path, False))
    for key, text, wanted in given:
        patterns = rule.get(key, [])
        patterns = [patterns] if isinstance(patterns, str) else patterns
        if patterns and any(fnmatchcase(text, pattern) for pattern in patterns) is not wanted:
            return False
    return True


def nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `properties` of a mapping that holds these fields, given by their paths."""
    properties: dict[str, Any] = {}
    for path, mapping in leaves.items():
        *parents, name = path.split(".")
        inside = properties
        for parent in parents:
            inside = inside.setdefault(parent, {"properties": {}})["properties"]
        inside[name] = mapping
    return properties
