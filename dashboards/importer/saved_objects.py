"""Read the saved objects of this repository, check them as a whole, and prepare them to be sent.

When an import has an object of an unknown type, Dashboards writes all the *other* objects. So everything that is known
to fail is found here, before anything is sent.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent.parent / "saved_objects"
MAIN_DASHBOARD = "mlops-dashboard"
DRIFT_DASHBOARD = "drift"

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


class SavedObjectsError(ValueError):
    """Dashboards would refuse an NDJSON file, or take only a part of it. The message names the file and the line."""


@dataclass(frozen=True)
class SavedObject:
    """One line of an NDJSON file."""

    type: str
    id: str
    body: dict[str, Any]
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """Return the type and id, which identify the object in Dashboards."""
        return self.type, self.id

    @property
    def title(self) -> str:
        """Return the title that people see."""
        return str(self.body["attributes"].get("title", ""))


def load(directory: Path = DIRECTORY) -> list[SavedObject]:
    """Return every object of every `*.ndjson` file of the folder, by file name and then by line.

    Raises:
        SavedObjectsError: if a file is malformed, or the objects do not belong together.
    """
    files = sorted(directory.glob("*.ndjson"))
    if not files:
        raise SavedObjectsError(f"no *.ndjson file in {directory}")
    objects = [found for file in files for found in parse(file.read_text(encoding="utf-8"), file.name)]
    check_whole(objects)
    return objects


def parse(text: str, source: str) -> list[SavedObject]:
    """Return the objects of one NDJSON text, without export summaries (`exportedCount`).

    Raises:
        SavedObjectsError: if a line is not a saved object that Dashboards 2.11 takes.
    """
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
        objects.append(_checked(body, where))
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


def _checked(body: Any, where: str) -> SavedObject:
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
    return SavedObject(type=type_, id=body["id"], body=body, source=where)


def version_key(version: str) -> tuple[int, ...]:
    """Return a key that sorts versions."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
