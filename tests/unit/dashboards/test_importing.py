"""The importer: what it sends, in which order, and what it takes for a failure."""

import json

import pytest

from dashboards.importer.config import Config
from dashboards.importer.dashboards_api import ImportFailedError
from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import SavedObject, SavedObjectsError
from tests.unit.dashboards.conftest import OBJECTS, FakeServer


def run() -> str:
    return import_everything(Config.from_env(), OBJECTS, {"cwl": '{"index_patterns": ["cwl-*"]}'}).dashboard_url


def test_the_template_is_there_before_the_objects_and_they_are_read_back(server: FakeServer) -> None:
    assert run().endswith("/goto/abc")

    looks = ("_resolve", "_settings", "_simulate_index", "_field_caps", "_ism")
    assert [call.split("?")[0] for call in server.calls if not any(each in call for each in looks)] == [
        "GET /_cluster/health",
        "GET /_index_template",
        "GET /",
        "PUT /_index_template/cwl",
        "POST /cwl-*/_count",
        "GET /api/status",
        "POST /api/saved_objects/_bulk_get",
        "POST /api/saved_objects/_import",
        "POST /api/saved_objects/_bulk_get",
        "POST /api/shorten_url",
        "POST /api/shorten_url",
        "POST /api/shorten_url",
    ]


def test_all_objects_go_in_one_request_because_dashboards_takes_a_request_whole_or_not_at_all(
    server: FakeServer,
) -> None:
    run()

    body = server.bodies["POST /api/saved_objects/_import?overwrite=true"]
    assert all(each.id.encode() in body for each in OBJECTS)
    assert b'name="file"; filename="saved_objects.ndjson"' in body


def test_a_missing_index_is_made_for_today(server: FakeServer) -> None:
    server.answers["_resolve"] = lambda _: (200, '{"indices": [], "aliases": [], "data_streams": []}')

    run()

    assert any(call.startswith("PUT /cwl-2") for call in server.calls)


def test_an_index_that_somebody_else_made_meanwhile_is_no_error(server: FakeServer) -> None:
    server.answers["_resolve"] = lambda _: (200, '{"indices": [], "aliases": [], "data_streams": []}')
    server.answers["PUT /cwl-"] = lambda _: (400, '{"error": {"type": "resource_already_exists_exception"}}')

    assert run()


@pytest.mark.parametrize(
    "objects", [[], [each for each in OBJECTS if each.type != "dashboard"]], ids=["none", "no page"]
)
def test_objects_without_the_page_that_the_permalink_opens_are_refused_before_anything_is_sent(
    server: FakeServer, objects: list[SavedObject]
) -> None:
    with pytest.raises(SavedObjectsError, match="mlops-dashboard"):
        import_everything(Config.from_env(), objects, {})

    assert server.calls == []


def test_a_200_that_says_no_is_a_failure_with_the_reasons_of_dashboards(server: FakeServer) -> None:
    error = {"type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]}
    errors = [{"type": "search", "id": "s", "error": error}]
    server.answers["_import"] = lambda _: (200, json.dumps({"success": False, "successCount": 3, "errors": errors}))

    with pytest.raises(ImportFailedError, match="search 's': missing_references index-pattern 'gone'"):
        run()

    assert not any("shorten" in call for call in server.calls)


def test_an_import_of_fewer_objects_than_were_sent_is_a_failure(server: FakeServer) -> None:
    server.answers["_import"] = lambda _: (200, '{"success": true, "successCount": 3}')

    with pytest.raises(ImportFailedError, match=f"took 3 of {len(OBJECTS)}"):
        run()


def test_an_object_that_is_missing_after_the_import_is_a_failure(server: FakeServer) -> None:
    server.stored = server.stored[1:]

    with pytest.raises(ImportFailedError, match=f"{OBJECTS[0].type} '{OBJECTS[0].id}': it is not there"):
        run()


def test_a_tenant_goes_into_the_header_and_the_link(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARDS_TENANT", "global")

    assert run().endswith("/goto/abc?security_tenant=global")
    assert server.headers["securitytenant"] == "global"
    assert b"/app/dashboards?security_tenant=global#/view/" in server.bodies["POST /api/shorten_url"]
