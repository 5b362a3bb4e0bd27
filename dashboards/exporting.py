"""Write what Dashboards has back into the repository's files of saved objects."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboards.importer.canonical import as_exported, canonical, to_text
from dashboards.importer.connection import Connection
from dashboards.importer.dashboards_api import fetch
from dashboards.importer.saved_objects import Key, SavedObject, object_files, parse

ORDER = {"index-pattern": 0, "search": 1, "visualization": 2, "dashboard": 3, "query": 4}


@dataclass
class ExportedFile:
    """The new text of one file, and what was added, changed and removed, each as `type id`."""

    text: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def export(dashboards: Connection, directory: Path) -> dict[Path, ExportedFile]:
    """Return, for every file of `directory`, what it would be if it were written from Dashboards now.

    A file keeps the objects that it names and gets the objects that its dashboards now refer to. An object leaves the
    file when somebody deleted it in Dashboards and no object refers to it. The objects keep their order, and new ones
    come at the end.
    """
    files = {file: parse(file.read_text(encoding="utf-8"), file.name) for file in object_files(directory)}
    owners = {each.key: file for file, objects in files.items() for each in objects}
    results = {}
    for file, objects in files.items():
        found = _fetch(dashboards, objects)
        mine = {key: each for key, each in found.items() if owners.setdefault(key, file) == file}
        results[file] = _compare(objects, mine, file.suffix)
    return results


def fetch_with_references(dashboards: Connection, keys: list[Key]) -> list[dict[str, Any]]:
    """Return these objects and everything that they refer to. All of them must exist."""
    wanted = [{"type": type_, "id": id_} for type_, id_ in keys]
    body = {"objects": wanted, "includeReferencesDeep": True, "excludeExportDetails": True}
    text = dashboards.text("POST", "/api/saved_objects/_export", json=body)
    return [each.body for each in parse(text, "the export")]


def _fetch(dashboards: Connection, objects: list[SavedObject]) -> dict[Key, dict[str, Any]]:
    there = list(fetch(dashboards, objects))
    if not there:
        return {}
    return {(each["type"], each["id"]): each for each in fetch_with_references(dashboards, there)}


def _compare(objects: list[SavedObject], found: dict[Key, dict[str, Any]], suffix: str) -> ExportedFile:
    before = {each.key: each for each in objects}
    now = {key: as_exported(each, before.get(key)) for key, each in found.items()}
    new = sorted(set(now) - set(before), key=lambda key: (ORDER[key[0]], key[1]))
    ordered = [*(key for key in before if key in now), *new]
    exported = ExportedFile(to_text([now[key] for key in ordered], suffix) if ordered else "")
    exported.added = [" ".join(key) for key in ordered if key not in before]
    exported.changed = [" ".join(key) for key in ordered if key in before and now[key] != canonical(before[key].body)]
    exported.removed = [" ".join(key) for key in before if key not in now]
    return exported
