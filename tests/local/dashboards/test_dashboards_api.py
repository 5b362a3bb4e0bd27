"""The importer's calls and their errors: the same on the preview and, with DASHBOARDS_URL, on a real Dashboards."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.exporting import export
from dashboards.importer.connection import connect
from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import DIRECTORY, load
from tests.local.dashboards.parts import Server

IMPORT = "/api/saved_objects/_import"
PATTERN = {"type": "index-pattern", "id": "test-pattern", "attributes": {"title": "test-*"}, "references": []}
SEARCH = {
    "type": "search",
    "id": "test-search",
    "attributes": {
        "title": "A search of a test",
        "columns": ["text"],
        "sort": [],
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": '{"indexRefName":"kibanaSavedObjectMeta.searchSourceJSON.index"}'
        },
    },
    "references": [
        {"name": "kibanaSavedObjectMeta.searchSourceJSON.index", "type": "index-pattern", "id": "test-pattern"}
    ],
}


@pytest.fixture(autouse=True)
def clean(server: Server) -> Iterator[None]:
    """Remove the test's objects before and after it."""
    _remove(server)
    yield
    _remove(server)


def send(server: Server, *objects: dict, name: str = "a.ndjson", overwrite: bool = True) -> Any:
    text = "".join(json.dumps(each) + "\n" for each in objects)
    return send_text(server, text, name=name, overwrite=overwrite)


def send_text(server: Server, text: str, *, name: str = "a.ndjson", overwrite: bool = True) -> Any:
    query = "?overwrite=true" if overwrite else ""
    return server.request("POST", IMPORT + query, files={"file": (name, text.encode(), "application/ndjson")})


def there(server: Server, found: dict) -> bool:
    return server.request("GET", f"/api/saved_objects/{found['type']}/{found['id']}").status_code == 200


def test_the_permalink_leads_to_the_dashboard(server: Server, imported: str) -> None:
    answer = server.request("GET", imported.removeprefix(server.url))

    assert answer.status_code == 302
    assert answer.headers["location"].endswith("/app/dashboards#/view/mlops-dashboard")


def test_every_object_is_there_as_it_was_sent(server: Server, imported: str) -> None:
    for each in load():
        stored = server.request("GET", f"/api/saved_objects/{each.type}/{each.id}").json()

        assert stored["attributes"] == each.body["attributes"], each.id
        assert stored["references"] == each.body["references"], each.id


def test_importing_again_gives_the_same_permalink(server: Server, imported: str) -> None:
    assert import_everything(server.config, load(), {}).dashboard_url == imported


def test_an_export_after_an_import_changes_nothing(server: Server, imported: str) -> None:
    _, dashboards = connect(server.config)

    for file, exported in export(dashboards, DIRECTORY).items():
        assert exported.text == file.read_text(encoding="utf-8")


def test_an_edit_comes_back_as_one_changed_object(server: Server, imported: str, tmp_path: Path) -> None:
    _, dashboards = connect(server.config)
    before = next(each for each in load() if each.id == "label-share").body
    edited = {**before, "attributes": {**before["attributes"], "title": "Share of labels"}}
    assert send(server, edited).json()["success"]

    results = export(dashboards, Path(shutil.copytree(DIRECTORY, tmp_path / "objects")))

    changed = [name for exported in results.values() for name in exported.changed]
    assert changed == ["visualization label-share"]
    assert send(server, before).json()["success"]


def test_a_write_needs_the_header(server: Server) -> None:
    answer = server.request("POST", IMPORT, headers={}, files={"file": ("a.ndjson", b"", "application/ndjson")})

    assert answer.status_code == 400
    assert answer.json()["message"] == "Request must contain the osd-xsrf header."


def test_what_is_not_multipart_is_a_415(server: Server) -> None:
    answer = server.request("POST", IMPORT, json={"file": "x"})

    assert (answer.status_code, answer.json()["error"]) == (415, "Unsupported Media Type")


def test_a_form_without_a_file_is_a_400(server: Server) -> None:
    assert server.request("POST", IMPORT, files={"other": ("a.ndjson", b"{}")}).status_code == 400


def test_another_file_ending_is_a_400(server: Server) -> None:
    answer = send(server, PATTERN, name="a.json")

    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid file extension .json")


def test_a_truncated_file_is_a_400_and_the_next_try_works(server: Server) -> None:
    answer = send_text(server, json.dumps(PATTERN) + "\n" + json.dumps(SEARCH)[:-30])

    assert answer.status_code == 400
    assert not there(server, PATTERN)
    assert send(server, PATTERN, SEARCH).json()["success"] is True
    assert there(server, PATTERN)
    assert there(server, SEARCH)


def test_an_object_named_twice_is_a_400(server: Server) -> None:
    answer = send(server, PATTERN, PATTERN)

    assert answer.status_code == 400
    assert "Non-unique import objects detected: [index-pattern:test-pattern]" in answer.json()["message"]


def test_a_newer_migration_version_is_a_422(server: Server) -> None:
    answer = send(server, {**PATTERN, "migrationVersion": {"index-pattern": "99.0.0"}})

    assert answer.status_code == 422
    assert "belongs to a more recent version" in answer.json()["message"]
    assert not there(server, PATTERN)


def test_a_missing_reference_is_a_200_that_wrote_nothing(server: Server) -> None:
    answer = send(server, {**PATTERN, "id": "test-other"}, SEARCH)

    body = answer.json()
    assert (answer.status_code, body["success"]) == (200, False)
    assert body["errors"][0]["error"] == {
        "type": "missing_references",
        "references": [{"type": "index-pattern", "id": "test-pattern"}],
    }
    assert not there(server, {**PATTERN, "id": "test-other"})
    assert not there(server, SEARCH)


def test_a_conflict_is_a_200_that_wrote_nothing(server: Server) -> None:
    send(server, PATTERN)

    answer = send(server, PATTERN, SEARCH, overwrite=False)

    body = answer.json()
    assert (answer.status_code, body["success"]) == (200, False)
    assert [each["error"]["type"] for each in body["errors"]] == ["conflict"]
    assert not there(server, SEARCH)


def test_an_unknown_type_is_left_out_and_the_rest_is_written(server: Server) -> None:
    answer = send(server, PATTERN, {**PATTERN, "type": "unheard-of"})

    body = answer.json()
    assert (answer.status_code, body["success"], body["successCount"]) == (200, False, 1)
    assert body["errors"][0]["error"] == {"type": "unsupported_type"}
    assert there(server, PATTERN)


def test_a_dashboard_with_an_attribute_of_its_own_is_not_written(server: Server) -> None:
    dashboard = {
        "type": "dashboard",
        "id": "test-dashboard",
        "attributes": {"title": "T", "colour": "red"},
        "references": [],
    }

    body = send(server, dashboard).json()

    assert body["success"] is False
    assert "strict" in body["errors"][0]["error"]["message"]
    assert not there(server, dashboard)


def test_reading_back_what_is_not_there_says_so_for_each(server: Server) -> None:
    answer = server.request("POST", "/api/saved_objects/_bulk_get", json=[{"type": "search", "id": "test-search"}])

    assert answer.json()["saved_objects"][0]["error"]["statusCode"] == 404


def test_exporting_what_is_not_there_is_a_400(server: Server) -> None:
    wanted = {"objects": [{"type": "search", "id": "test-search"}]}

    assert server.request("POST", "/api/saved_objects/_export", json=wanted).status_code == 400


def test_the_same_short_link_for_the_same_url(server: Server) -> None:
    first, second = (
        server.request("POST", "/api/shorten_url", json={"url": "/app/dashboards#/view/x"}).json() for _ in range(2)
    )

    assert first["urlId"] == second["urlId"]


def test_a_short_link_needs_a_url(server: Server) -> None:
    assert server.request("POST", "/api/shorten_url", json={"link": "/app"}).status_code == 400


def test_an_unknown_short_link_is_a_404(server: Server) -> None:
    assert server.request("GET", "/goto/0123456789abcdef").status_code == 404


def test_a_dashboard_that_the_preview_cannot_read_is_no_fault_of_the_request(preview: Server) -> None:
    attributes = {"title": "T", "panelsJSON": "{"}
    send(preview, {"type": "dashboard", "id": "test-dashboard", "attributes": attributes, "references": []})

    answer = preview.request("GET", "/preview/dashboards/test-dashboard")

    assert answer.status_code == 500
    assert answer.json()["message"].startswith("The preview failed")


def _remove(server: Server) -> None:
    for type_, id_ in (
        ("search", "test-search"),
        ("index-pattern", "test-pattern"),
        ("index-pattern", "test-other"),
        ("dashboard", "test-dashboard"),
    ):
        server.request("DELETE", f"/api/saved_objects/{type_}/{id_}")
