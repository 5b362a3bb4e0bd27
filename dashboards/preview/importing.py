"""Answer an import as Dashboards 2.11 does, with its odd cases.

`POST /api/saved_objects/_import` answers as follows:

- 400, if the text is not NDJSON or names an object twice;
- 422, if an object is from a newer version;
- 200, and it leaves out objects of an unknown type and writes the others;
- 200 with `success: false` and a `successCount` above zero, if a reference is missing or an object conflicts. Then it
  writes *nothing*.
"""

import json
from datetime import UTC, datetime
from typing import Any

from dashboards.importer.saved_objects import NEWEST_MIGRATION, version_key
from dashboards.preview.store import Store

ICONS = {
    "index-pattern": "indexPatternApp",
    "search": "discoverApp",
    "visualization": "visualizeApp",
    "dashboard": "dashboardApp",
    "query": "search",
}
DASHBOARD_ATTRIBUTES = {
    "description",
    "hits",
    "kibanaSavedObjectMeta",
    "optionsJSON",
    "panelsJSON",
    "refreshInterval",
    "timeFrom",
    "timeRestore",
    "timeTo",
    "title",
    "version",
}
MAX_OBJECTS = 10_000
STATUS_NAMES = {
    400: "Bad Request",
    404: "Not Found",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
}


class RefusedError(Exception):
    """An answer with a status other than 200, in the form that Dashboards uses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"statusCode": status, "error": STATUS_NAMES[status], "message": message}


def import_ndjson(store: Store, text: str, *, overwrite: bool) -> dict[str, Any]:
    """Import the objects of one file and return the body of the answer.

    Raises:
        RefusedError: if Dashboards would answer with a status other than 200.
    """
    objects = _parse(text)
    known = [each for each in objects if each["type"] in NEWEST_MIGRATION]
    errors = [_error(each, {"type": "unsupported_type"}) for each in objects if each["type"] not in NEWEST_MIGRATION]
    for each in known:
        _refuse_newer(each)

    blocking = [_error(each, cause) for each in known if (cause := _find_obstacle(store, each, known, overwrite))]
    if not blocking:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        store.put([{**_make_stored(each), "updated_at": now} for each in known])
    answer: dict[str, Any] = {"successCount": len(known) - len(blocking), "success": not (errors or blocking)}
    taken = [each for each in known if each["id"] not in {error["id"] for error in blocking}]
    if taken and not blocking:
        answer["successResults"] = [
            {"type": each["type"], "id": each["id"], "meta": _meta(each), "overwrite": overwrite} for each in taken
        ]
    if errors or blocking:
        answer["errors"] = errors + blocking
    return answer


def _parse(text: str) -> list[dict[str, Any]]:
    objects = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise RefusedError(400, f"Unexpected end or token in JSON: {error}") from error
        if isinstance(found, dict) and "exportedCount" in found:
            continue
        if not isinstance(found, dict) or not all(isinstance(found.get(key), str) for key in ("type", "id")):
            raise RefusedError(400, "an object needs a type and an id")
        objects.append(found)
    if len(objects) > MAX_OBJECTS:
        raise RefusedError(400, f"Can't import more than {MAX_OBJECTS} objects")
    names = [f"{each['type']}:{each['id']}" for each in objects]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RefusedError(400, f"Non-unique import objects detected: [{','.join(twice)}]")
    return objects


def _refuse_newer(found: dict[str, Any]) -> None:
    newest = NEWEST_MIGRATION[found["type"]]
    for name, version in found.get("migrationVersion", {}).items():
        if name not in NEWEST_MIGRATION or version_key(version) > version_key(NEWEST_MIGRATION[name]):
            raise RefusedError(
                422,
                f'Document "{found["id"]}" has property "{name}" which belongs to a more recent version of '
                f"OpenSearch Dashboards [{version}]. The last known version is [{newest}]",
            )


def _find_obstacle(
    store: Store, found: dict[str, Any], batch: list[dict[str, Any]], overwrite: bool
) -> dict[str, Any] | None:
    """Return the reason why this object blocks the whole batch, or None."""
    in_batch = {(each["type"], each["id"]) for each in batch}
    missing = [
        {"type": each["type"], "id": each["id"]}
        for each in found.get("references", [])
        if each["type"] in ("index-pattern", "search")
        and (each["type"], each["id"]) not in in_batch
        and store.get(each["type"], each["id"]) is None
    ]
    if missing:
        return {"type": "missing_references", "references": missing}
    if not overwrite and store.get(found["type"], found["id"]):
        return {"type": "conflict"}
    unknown = sorted(set(found.get("attributes", {})) - DASHBOARD_ATTRIBUTES) if found["type"] == "dashboard" else []
    if unknown:
        return {
            "type": "unknown",
            "statusCode": 400,
            "message": "mapping set to strict, dynamic introduction of "
            f"[{unknown[0]}] within [dashboard] is not allowed",
        }
    return None


def _make_stored(found: dict[str, Any]) -> dict[str, Any]:
    stored: dict[str, Any] = {"references": []}
    for name in ("type", "id", "attributes", "references", "migrationVersion", "originId"):
        if name in found:
            stored[name] = found[name]
    return stored


def _meta(found: dict[str, Any]) -> dict[str, str]:
    return {
        "title": str(found.get("attributes", {}).get("title", "")),
        "icon": ICONS.get(found["type"], ""),
    }


def _error(found: dict[str, Any], cause: dict[str, Any]) -> dict[str, Any]:
    meta = _meta(found)
    return {"id": found["id"], "type": found["type"], "title": meta["title"], "meta": meta, "error": cause}
