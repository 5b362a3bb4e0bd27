"""The import as a step of a deployment: what CloudFormation sends, and what it is answered."""

import json
import re
from typing import Any

import pytest

from dashboards.importer.edits import to_import
from dashboards.importer.handler import DeploymentStepError, handler
from tests.unit.dashboards.conftest import OBJECTS, FakeServer


def update(former: str, **properties: object) -> dict[str, Any]:
    return {"RequestType": "Update", "PhysicalResourceId": former, "ResourceProperties": properties}


def test_the_custom_resource_gives_the_urls_and_its_physical_id_tells_what_was_imported(server: FakeServer) -> None:
    created = handler({"RequestType": "Create", "ResourceProperties": {"SavedObjectsHash": "1"}}, None)
    again = handler(update(created["PhysicalResourceId"], SavedObjectsHash="1"), None)
    changed = handler(update(created["PhysicalResourceId"], SavedObjectsHash="2"), None)

    assert created["Data"]["DashboardUrl"] == created["Data"]["DashboardsUrl"] + "/goto/abc"
    assert created["PhysicalResourceId"] == again["PhysicalResourceId"] != changed["PhysicalResourceId"]


def test_an_update_that_fails_can_be_rolled_back_while_the_domain_is_gone(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation sends the former properties with the former physical id: nothing was imported in between."""
    monkeypatch.setenv("READY_TIMEOUT_SECONDS", "1")
    created = handler({"RequestType": "Create", "ResourceProperties": {"SavedObjectsHash": "1"}}, None)
    server.answers[""] = lambda _: (503, "gone")

    with pytest.raises(DeploymentStepError, match="did not become ready"):
        handler(update(created["PhysicalResourceId"], SavedObjectsHash="2"), None)
    rolled_back = handler(update(created["PhysicalResourceId"], SavedObjectsHash="1"), None)

    assert rolled_back == created


def test_a_rollback_imports_what_was_there_before_where_the_domain_answers(server: FakeServer) -> None:
    created = handler({"RequestType": "Create", "ResourceProperties": {"SavedObjectsHash": "1"}}, None)
    server.calls.clear()

    handler(update(created["PhysicalResourceId"], SavedObjectsHash="1"), None)

    assert any("_import" in call for call in server.calls)


def test_a_return_to_an_older_version_is_no_rollback_and_fails_when_it_fails(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READY_TIMEOUT_SECONDS", "1")
    first = handler({"RequestType": "Create", "ResourceProperties": {"SavedObjectsHash": "1"}}, None)
    second = handler(update(first["PhysicalResourceId"], SavedObjectsHash="2"), None)
    server.answers[""] = lambda _: (503, "gone")

    with pytest.raises(DeploymentStepError):
        handler(update(second["PhysicalResourceId"], SavedObjectsHash="1"), None)


@pytest.mark.parametrize("character", ["x", "ü", '"', "\n", "\U0001f600"])
def test_the_reason_fits_cloudformations_answer_and_comes_first(server: FakeServer, character: str) -> None:
    """The limit is 4,096 bytes of JSON, with the trace that the CDK's provider adds, and its own fields."""
    errors = [{"type": "search", "id": "the cause", "error": {"message": character * 20_000}}]
    server.answers["_import"] = lambda _: (200, json.dumps({"success": False, "errors": errors}))

    with pytest.raises(DeploymentStepError) as raised:
        handler({"RequestType": "Create", "ResourceProperties": {}}, None)

    reason = str(raised.value)
    assert reason.startswith("Dashboards did not take the saved objects: search 'the cause'")
    assert reason.endswith('docs/operations.md, "When a deployment fails".')
    assert len(json.dumps(reason, ensure_ascii=False).encode()) < 1_800


def test_the_answer_of_a_success_fits_too(server: FakeServer) -> None:
    answer = handler(
        {"RequestType": "Create", "ResourceProperties": {"IndexTemplates": {"cwl": '{"index_patterns": ["cwl-*"]}'}}},
        None,
    )

    assert len(json.dumps(answer)) < 1_000
    assert len(answer["PhysicalResourceId"]) < 200


def test_what_people_edited_is_not_sent_and_is_named(server: FakeServer) -> None:
    ours = [to_import(each, {}).body for each in OBJECTS]
    edited = next(each for each in ours if each["id"] == "label-share")
    edited["attributes"] = {**edited["attributes"], "title": "Mine"}
    server.stored = ours
    server.answers["_import"] = lambda _: (200, json.dumps({"success": True, "successCount": len(OBJECTS) - 1}))

    answer = handler({"RequestType": "Create", "ResourceProperties": {}}, None)

    sent = server.bodies["POST /api/saved_objects/_import?overwrite=true"]
    assert answer["Data"]["KeptEdits"] == "visualization label-share"
    assert b'{"type": "visualization", "id": "label-share"' not in sent
    assert b'"id": "mlops-dashboard"' in sent


def test_the_names_of_many_edits_fit_the_answer(server: FakeServer) -> None:
    server.stored = [{**each.body, "originId": "x", "attributes": {"title": "Mine"}} for each in OBJECTS]

    answer = handler({"RequestType": "Create", "ResourceProperties": {}}, None)

    assert re.search(r" and \d+ more$", answer["Data"]["KeptEdits"])
    assert len(json.dumps(answer)) < 2_000
    assert not any("_import" in call for call in server.calls)


def test_deleting_touches_nothing(server: FakeServer) -> None:
    handler({"RequestType": "Delete", "PhysicalResourceId": "dashboards"}, None)

    assert server.calls == []
