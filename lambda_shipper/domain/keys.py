"""Which keys of a document the index takes: their names, how deep they lie, and whether they fit what is there.

A field of an index is named by the path to it, `customer.country`. A key may hold a dot itself, with the same meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_LEVELS = 20
"""OpenSearch's own limit (`index.mapping.depth.limit`)."""
MOST_NAME_CHARACTERS = 256
MOST_PATH_CHARACTERS = 512
MOST_WANTED = 10_000
"""How many new fields of one batch are considered; more than any budget allows."""
RESERVED = frozenset(
    [
        "_id",
        "_index",
        "_type",
        "_source",
        "_routing",
        "_ignored",
        "_version",
        "_seq_no",
        "_primary_term",
        "_field_names",
        "_nested_path",
        "_doc_count",
        "_score",
        "_data_stream_timestamp",
    ]
)
"""Names of OpenSearch's own at the top level. Some versions accept some of them and then confuse them with theirs."""
OBJECT, OPAQUE = "object", "opaque"
"""An object whose keys are fields; one that may hold anything, since nothing of it is indexed as fields."""
NOTHING = object()


class Sieve:
    """Goes through one document and keeps the keys that the index takes.

    `known` holds the type of each field that the index has, by path. A field that is not there is noted in `wanted`,
    with the kind of its values; it is kept, unless the sieve is `final`: then it is left out. What is left out
    is listed in `left_out`, as path and reason.
    """

    def __init__(self, known: Mapping[str, str], *, final: bool) -> None:
        self.left_out: list[tuple[str, str]] = []
        self.wanted: dict[str, str] = {}
        self._known = known
        self._final = final

    def sift(self, value: dict[str, Any], prefix: str = "", levels: int = 0) -> dict[str, Any]:
        """Return a copy of the object with the keys that are kept, in their order."""
        kept: dict[str, Any] = {}
        for key, item in value.items():
            if not levels and key.startswith("@"):
                kept[key] = item
                continue
            path = prefix + key
            reason = name_problem(key, path, levels)
            result = NOTHING if reason else self._item(path, item, levels + 1 + key.count("."))
            if reason:
                self.left_out.append((path[:MOST_PATH_CHARACTERS], reason))
            elif result is not NOTHING:
                kept[key] = result
        return kept

    def _item(self, path: str, item: Any, levels: int) -> Any:
        known = self._known.get(path) or self.wanted.get(path)
        if not _holds_values(item):  # an object that holds nothing would become a field that holds nothing
            return item if known or not _has_objects(item) else NOTHING
        if known == OPAQUE:
            return item
        kind = kind_of(item)
        is_object = kind == OBJECT
        if kind is None or (known and is_object != (known == OBJECT)) or self._is_below_a_value(path):
            return self._leave_out(path, "mapping_conflict")
        if levels > MOST_LEVELS:
            return self._leave_out(path, "too_deep")
        if not known:
            if self._final and not is_object:
                return self._leave_out(path, "too_many_fields")
            self._want(path, kind)
        return self._objects(path, item, levels) if is_object else item

    def _want(self, path: str, kind: str) -> None:
        """Note a field, and that the parts of its dotted name are objects: none of them can be a value, too."""
        while path and len(self.wanted) < MOST_WANTED and path not in self.wanted and path not in self._known:
            self.wanted[path] = kind
            path, kind = path.rpartition(".")[0], OBJECT

    def _objects(self, path: str, item: Any, levels: int) -> Any:
        """Sift an object, or each object of a list. One that loses all its keys goes, too."""
        if isinstance(item, dict):
            kept = self.sift(item, path + ".", levels)
            return kept if kept or not item else NOTHING
        inner = [each if each is None else self._objects(path, each, levels) for each in item]
        inner = [each for each in inner if each is not NOTHING]
        return inner or NOTHING

    def _is_below_a_value(self, path: str) -> bool:
        """Return whether a part of a dotted name is a field that holds values."""
        parent, dot, _ = path.rpartition(".")
        while dot:
            known = self._known.get(parent) or self.wanted.get(parent)
            if known in (OBJECT, OPAQUE):
                return False
            if known:
                return True
            parent, dot, _ = parent.rpartition(".")
        return False

    def _leave_out(self, path: str, reason: str) -> Any:
        self.left_out.append((path, reason))
        return NOTHING


def name_problem(key: str, path: str, levels: int) -> str | None:
    """Return why a key cannot be the name of a field, or None."""
    if not levels and key in RESERVED:
        return "reserved_name"
    if len(key) > MOST_NAME_CHARACTERS or len(path) > MOST_PATH_CHARACTERS:
        return "bad_name"
    return None if all(part.strip() for part in key.split(".")) else "bad_name"


def kind_of(value: Any) -> str | None:
    """Return `string`, `boolean`, `long`, `double` or `object`; None for a list of values and objects."""
    if isinstance(value, dict):
        return OBJECT
    if isinstance(value, list):
        kinds = {kind_of(each) for each in value if _holds_values(each)}
        if len(kinds) == 1:
            return kinds.pop()
        if OBJECT in kinds or None in kinds:
            return None
        return "double" if kinds == {"long", "double"} else "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long"
    return "double" if isinstance(value, float) else "string"


def without_key(value: Any, path: str) -> bool:
    """Remove the field with this path from an object, also where its keys hold dots; tells whether it was there."""
    if isinstance(value, list):
        removed = [without_key(each, path) for each in value]
        return any(removed)
    if not isinstance(value, dict):
        return False
    if path in value:
        del value[path]
        return True
    removed = [
        key for key, item in value.items() if path.startswith(key + ".") and without_key(item, path[len(key) + 1 :])
    ]
    for key in removed:
        if value[key] in ({}, []):
            del value[key]
    return bool(removed)


def _holds_values(item: Any) -> bool:
    if isinstance(item, dict):
        return any(_holds_values(each) for each in item.values())
    if isinstance(item, list):
        return any(_holds_values(each) for each in item)
    return item is not None


def _has_objects(item: Any) -> bool:
    return isinstance(item, dict) or (isinstance(item, list) and any(_has_objects(each) for each in item))
