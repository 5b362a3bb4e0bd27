"""Find what people have edited in Dashboards, and what an import would write over."""

from dashboards.canonical import canonical
from dashboards.exporting import as_exported
from dashboards.importer.connection import Connection
from dashboards.importer.saved_objects import SavedObject


def edited_since_import(dashboards: Connection, objects: list[SavedObject]) -> list[SavedObject]:
    """Return those `objects` that somebody changed in Dashboards after the last import, and that differ from the files.

    An import writes all objects at one moment, which Dashboards keeps as `updated_at`. So what is newer than the
    oldest of them was saved by a person. Nobody sees here that an object was deleted.
    """
    wanted = [{"type": each.type, "id": each.id} for each in objects]
    answer = dashboards.call("POST", "/api/saved_objects/_bulk_get", json=wanted)
    there = {(each["type"], each["id"]): each for each in answer["saved_objects"] if "error" not in each}
    imported = min((each.get("updated_at", "") for each in there.values()), default="")
    return [
        ours
        for ours in objects
        if (theirs := there.get(ours.key))
        and theirs.get("updated_at", "") > imported
        and as_exported(theirs, ours) != canonical(ours.body)
    ]
