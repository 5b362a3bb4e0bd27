"""Read the saved objects of this repository, check them as a whole, and prepare them to be sent.

A `.json` file is a list of saved objects in a form that people read: what Dashboards keeps as JSON inside a text, such
as `visState`, is plain JSON there. A `.ndjson` file has the form of Dashboards, an object a line, and so do both here.

When an import has an object of an unknown type, Dashboards writes all the *other* objects. So everything that is known
to fail is found here, before anything is sent.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.errors import UserError

Key = tuple[str, str]
"""Type and id, which identify an object in Dashboards."""
DIRECTORY = Path(__file__).parent.parent / "saved_objects"
SUFFIXES = (".json", ".ndjson")
JSON_KEYS = (
    "fieldFormatMap",
    "fields",
    "optionsJSON",
    "panelsJSON",
    "searchSourceJSON",
    "uiStateJSON",
    "visState",
)
"""The attributes that Dashboards keeps as JSON inside a text."""
MAIN_DASHBOARD = "mlops-dashboard"
DRIFT_DASHBOARD = "drift"
QUALITY_DASHBOARD = "quality"

NEWEST_MIGRATION = {
    "index-pattern": "7.6.0",
    "search": "7.9.3",
    "visualization": "7.10.0",
    "dashboard": "7.9.3",
    "query": "",
}
"""The types used here, and the highest `migrationVersion` that Dashboards 2.11 takes. It answers 422 to a higher one.

It never migrated a `query`, so a `query` with a version comes from another Dashboards.
"""


class SavedObjectsError(UserError, ValueError):
    """Dashboards would refuse a file, or take only a part of it. The message names the file and the object or line."""


@dataclass(frozen=True)
class SavedObject:
    """One object of a file, in the form that Dashboards takes."""

    type: str
    id: str
    body: dict[str, Any]
    source: str

    @property
    def key(self) -> Key:
        """Return the type and id, which identify the object in Dashboards."""
        return self.type, self.id

    @property
    def title(self) -> str:
        """Return the title that people see."""
        return str(self.body["attributes"].get("title", ""))


def load(directory: Path = DIRECTORY) -> list[SavedObject]:
    """Return every object of every file of the folder, by file name and then by place in the file.

    Raises:
        SavedObjectsError: if a file is malformed, or the objects do not belong together.
    """
    files = object_files(directory)
    if not files:
        raise SavedObjectsError(f"no *.json or *.ndjson file in {directory}")
    objects = [found for file in files for found in parse(file.read_text(encoding="utf-8"), file.name)]
    check_whole(objects)
    return objects


def object_files(directory: Path) -> list[Path]:
    """Return the files of the folder that hold saved objects, by name."""
    return sorted(file for file in directory.iterdir() if file.suffix in SUFFIXES)


def parse(text: str, source: str) -> list[SavedObject]:
    """Return the objects of one file's text, without export summaries (`exportedCount`).

    Raises:
        SavedObjectsError: if one of them is not a saved object that Dashboards 2.11 takes.
    """
    return _parse_list(text, source) if text.lstrip().startswith("[") else _parse_lines(text, source)


def _parse_list(text: str, source: str) -> list[SavedObject]:
    try:
        bodies = json.loads(text)
    except ValueError as error:
        raise SavedObjectsError(f"{source}: not a whole JSON list ({error})") from error
    return [_check(body, f"{source}, object {number}") for number, body in enumerate(bodies, start=1)]


def _parse_lines(text: str, source: str) -> list[SavedObject]:
    objects = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{source}, line {number}"
        try:
            body = json.loads(line)
        except ValueError as error:
            raise SavedObjectsError(f"{where}: not a whole JSON object ({error})") from error
        if isinstance(body, dict) and "exportedCount" in body:
            continue
        objects.append(_check(body, where))
    return objects


def check_whole(objects: list[SavedObject]) -> None:
    """Raise unless ids are unique, every reference points into the set, and the permalink's dashboard is there."""
    known: dict[tuple[str, str], str] = {}
    for found in objects:
        if found.key in known:
            raise SavedObjectsError(
                f"{found.source}: {found.type} {found.id!r} is already defined in {known[found.key]}"
            )
        known[found.key] = found.source
    for found in objects:
        for reference in found.body.get("references", []):
            if (reference["type"], reference["id"]) not in known:
                raise SavedObjectsError(
                    f"{found.source}: {found.type} {found.id!r} refers to {reference['type']} "
                    f"{reference['id']!r}, which is not in any of the files"
                )
    if ("dashboard", MAIN_DASHBOARD) not in known:
        raise SavedObjectsError(
            f"no file holds the dashboard {MAIN_DASHBOARD!r}, to which the permalink leads: it would open on a 404"
        )


def to_ndjson(objects: list[SavedObject]) -> bytes:
    """Return the body of the import request. It is one request, because Dashboards takes a whole request or nothing."""
    return b"".join(json.dumps(found.body).encode() + b"\n" for found in objects)


def _check(body: Any, where: str) -> SavedObject:
    if not isinstance(body, dict):
        raise SavedObjectsError(f"{where}: this is not a JSON object")
    for name, kind in (("type", str), ("id", str), ("attributes", dict)):
        if not isinstance(body.get(name), kind):
            raise SavedObjectsError(f"{where}: a saved object needs {name!r}")
    type_ = body["type"]
    if type_ not in NEWEST_MIGRATION:
        raise SavedObjectsError(f"{where}: unknown type {type_!r}; the known types are {', '.join(NEWEST_MIGRATION)}")
    version = body.get("migrationVersion", {}).get(type_, "")
    newest = NEWEST_MIGRATION[type_]
    if version_key(version) > version_key(newest):
        raise SavedObjectsError(
            f"{where}: {type_} {body['id']!r} was exported by a newer Dashboards (migrationVersion {version}); "
            f"2.11 takes at most {newest}"
        )
    body = {**body, "attributes": with_json_texts(body["attributes"])}
    return SavedObject(type=type_, id=body["id"], body=body, source=where)


def with_json_texts(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes in the form of Dashboards: JSON inside a text where it keeps it so."""
    written = dict(attributes)
    for name, value in attributes.items():
        if name == "kibanaSavedObjectMeta":
            written[name] = with_json_texts(value)
        elif name in JSON_KEYS and not isinstance(value, str):
            kept = _with_spec_text(value) if name == "visState" else value
            written[name] = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return written


def _with_spec_text(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of a visualization with its Vega spec as the text that Dashboards shows in its editor."""
    spec = state.get("params", {}).get("spec")
    if not isinstance(spec, dict):
        return state
    text = json.dumps(spec, ensure_ascii=False, indent=2, sort_keys=True)
    return {**state, "params": {**state["params"], "spec": text}}


def version_key(version: str) -> tuple[int, ...]:
    """Return a key that sorts versions."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
