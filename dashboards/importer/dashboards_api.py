"""Call Dashboards in four ways: status, import, read back, short link."""

from typing import Any

from dashboards.importer.connection import Connection, ServerError
from dashboards.importer.saved_objects import Key, SavedObject, to_ndjson

VIEW = "#/view/"
"""Between the path of Dashboards and the id of a dashboard."""


class ImportFailedError(ServerError):
    """Dashboards did not take the objects. The message has the reasons that Dashboards gave."""


def wait_for_dashboards(dashboards: Connection, *, until: float) -> None:
    """Return once Dashboards answers; it gives 503 or HTML for a while after its start.

    Any status that it tells of itself will do, since versions word it differently, and one yellow plugin of no concern
    here makes the whole yellow. Whether it works is seen by the import.
    """
    dashboards.persist(lambda: dashboards.call("GET", "/api/status"), until=until)


def fetch(dashboards: Connection, objects: list[SavedObject]) -> dict[Key, dict[str, Any]]:
    """Return what Dashboards has of these objects now, by type and id, without those that it does not have."""
    wanted = [{"type": each.type, "id": each.id} for each in objects]
    answer = dashboards.call("POST", "/api/saved_objects/_bulk_get", json=wanted)
    return {(each["type"], each["id"]): each for each in answer["saved_objects"] if "error" not in each}


def import_objects(dashboards: Connection, objects: list[SavedObject]) -> None:
    """Write all objects, over those with the same ids.

    Dashboards answers 200 to an import that failed, so `success` decides, not the status.

    Raises:
        ImportFailedError: if Dashboards did not take every object.
    """
    answer = dashboards.call(
        "POST",
        "/api/saved_objects/_import?overwrite=true",
        files={"file": ("saved_objects.ndjson", to_ndjson(objects), "application/ndjson")},
    )
    if answer.get("success") is not True:
        raise ImportFailedError("Dashboards did not take the saved objects: " + _reasons(answer), body=str(answer))
    if answer.get("successCount") != len(objects):
        raise ImportFailedError(f"Dashboards took {answer.get('successCount')} of {len(objects)} saved objects")


def read_back(dashboards: Connection, objects: list[SavedObject]) -> None:
    """Check that Dashboards has every object under its id, with its title and references.

    Raises:
        ImportFailedError: if an object is missing or different.
    """
    wanted = [{"type": each.type, "id": each.id} for each in objects]
    answer = dashboards.call("POST", "/api/saved_objects/_bulk_get", json=wanted)
    found = {(each["type"], each["id"]): each for each in answer["saved_objects"]}
    wrong = [f"{each.type} {each.id!r}: {problem}" for each in objects if (problem := _difference(each, found))]
    if wrong:
        raise ImportFailedError("the import succeeded, but reading back did not find: " + "; ".join(wrong))


def short_link(dashboards: Connection, view: str, *, tenant: str = "") -> str:
    """Return the permalink of a dashboard, named by its id and, behind a `?`, its state. It is the same each time."""
    query = f"?security_tenant={tenant}" if tenant else ""
    answer = dashboards.call("POST", "/api/shorten_url", json={"url": f"/app/dashboards{query}{VIEW}{view}"})
    return f"{dashboards.url}/goto/{answer['urlId']}{query}"


def _difference(wanted: SavedObject, found: dict[tuple[str, str], dict[str, Any]]) -> str:
    stored = found.get(wanted.key)
    if stored is None:
        return "it is not there"
    if "error" in stored:
        return str(stored["error"].get("message", stored["error"]))
    if stored["attributes"].get("title", "") != wanted.title:
        return f"its title is {stored['attributes'].get('title')!r}"
    missing = _references(wanted.body) - _references(stored)
    return f"it lost its references {sorted(missing)}" if missing else ""


def _references(body: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["type"], each["id"]) for each in body.get("references", [])}


def _reasons(answer: dict[str, Any]) -> str:
    reasons = []
    for error in answer.get("errors", []):
        detail = error.get("error", {})
        reason = detail.get("message") or detail.get("type", "unknown error")
        missing = ", ".join(f"{each['type']} {each['id']!r}" for each in detail.get("references", []))
        reasons.append(f"{error.get('type')} {error.get('id')!r}: {reason}{' ' + missing if missing else ''}")
    return "; ".join(reasons) or str(answer)[:400]
