"""The rights and roles of people and strangers, on a real engine with the official security plugin."""

from typing import Any

import pytest
import requests

from tests.local.access.domain import (
    ADMINISTRATOR,
    ALICE,
    BULK_LINE,
    EDITOR,
    IMPORTER,
    MAPPINGS,
    PREDICTION,
    SHIPPER,
    STRANGER,
    TODAY,
    VIEWER,
    Domain,
)
from tests.local.access.secure_engine import MASTER, SecureEngine

viewers = pytest.mark.parametrize("who", [VIEWER, ALICE], ids=["IAM role", "person"])
people = pytest.mark.parametrize("who", [VIEWER, ALICE, EDITOR], ids=["viewer", "viewer by hand", "editor"])


@people
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/cwl-*/_search", None),
        ("POST", "/cwl-*/_search", {"aggs": {"labels": {"terms": {"field": "prediction.label.keyword"}}}}),
        ("POST", "/_msearch", '{"index":"cwl-*"}\n{"query":{"match_all":{}}}\n'),
        ("GET", "/cwl-*/_field_caps?fields=*", None),
        ("GET", "/cwl-*/_mapping", None),
        ("GET", "/drift-*/_search", None),
    ],
)
def test_people_read_predictions_and_reports(domain: Domain, who: Any, method: str, path: str, body: Any) -> None:
    assert domain.ask(who, method, path, body).status_code == 200


@people
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/{TODAY}/_doc", PREDICTION),
        ("POST", f"/{TODAY}/_bulk", f'{{"index":{{}}}}\n{BULK_LINE}'),
        ("PUT", f"/{TODAY}/_doc/1", PREDICTION),
        ("POST", f"/{TODAY}/_update/1", {"doc": {"text": "another"}}),
        ("DELETE", f"/{TODAY}", None),
        ("POST", f"/{TODAY}/_delete_by_query", {"query": {"match_all": {}}}),
        ("PUT", "/cwl-2030.01.01", None),
        ("GET", "/prediction-reference/_search", None),
        ("GET", "/.opendistro_security/_search", None),
        ("GET", "/_plugins/_security/api/roles", None),
        ("PUT", "/_plugins/_security/api/rolesmapping/all_access", {"backend_roles": [VIEWER, EDITOR]}),
        ("PUT", "/_plugins/_security/api/roles/prediction_viewer", {}),
        ("PUT", "/_index_template/cwl", {"index_patterns": ["cwl-*"]}),
        ("DELETE", "/drift-*", None),
        ("PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": 2000}}),
    ],
)
def test_people_change_no_data_no_roles_and_no_settings(
    domain: Domain, who: Any, method: str, path: str, body: Any
) -> None:
    answer = domain.ask(who, method, path, body)

    if path.endswith("_bulk") and answer.status_code == 200:  # it answers for each item
        assert {item["index"]["status"] for item in answer.json()["items"]} == {403}
    else:
        assert answer.status_code == 403


def test_an_editor_makes_changes_and_deletes_dashboards_of_the_global_tenant(domain: Domain) -> None:
    dashboard, shared = "/.kibana/_doc/dashboard:of-the-editor", {"securitytenant": ""}
    update = dashboard.replace("_doc", "_update")
    # As in every domain, the index is there: Dashboards makes it itself at its first start.
    there = domain.ask(domain.master, "PUT", "/.kibana/_doc/dashboard:there", {"type": "dashboard"}, **shared)
    line = '{"index":{"_index":".kibana","_id":"dashboard:in-bulk"}}\n{"type":"dashboard"}\n'

    answers = [
        domain.ask(EDITOR, "PUT", f"{dashboard}?refresh=wait_for", {"type": "dashboard"}, **shared),
        domain.ask(EDITOR, "POST", update, {"doc": {"title": "another"}}, **shared),
        domain.ask(EDITOR, "GET", dashboard, **shared),
        domain.ask(EDITOR, "DELETE", dashboard, **shared),
        domain.ask(EDITOR, "POST", "/_bulk", line, **shared),
    ]

    assert there.ok
    assert [each.status_code for each in answers] == [201, 200, 200, 200, 200]
    assert answers[2].json()["_source"]["title"] == "another"
    assert answers[4].json()["errors"] is False


def test_an_editor_does_not_delete_the_dashboards_index_itself(domain: Domain) -> None:
    assert domain.ask(EDITOR, "DELETE", "/.kibana", securitytenant="").status_code == 403


def test_the_import_is_master_by_its_signature_alone(domain: Domain) -> None:
    mine = domain.ask(IMPORTER, "GET", "/_plugins/_security/authinfo").json()

    assert mine["user_name"] == IMPORTER
    assert "all_access" in mine["roles"]
    assert any(role == IMPORTER and "/rolesmapping/" in path for role, _, path in domain.front.asked)


@viewers
def test_a_viewer_reads_the_dashboards_of_the_global_tenant_and_changes_none(domain: Domain, who: Any) -> None:
    dashboard, shared = "/.kibana/_doc/dashboard:1", {"securitytenant": ""}
    put = domain.ask(domain.master, "PUT", f"{dashboard}?refresh=true", {"type": "dashboard"}, **shared)

    reading = [domain.ask(who, "GET", path, **shared).status_code for path in (dashboard, "/.kibana/_search")]
    changing = [domain.ask(who, method, dashboard, {}, **shared).status_code for method in ("PUT", "DELETE")]

    assert put.ok
    assert reading == [200, 200]
    assert changing == [403, 403]


def test_a_viewer_does_not_see_what_somebody_keeps_in_private(domain: Domain) -> None:
    put = domain.ask(
        domain.master, "PUT", "/.kibana/_doc/dashboard:2", {"type": "dashboard"}, securitytenant="__user__"
    )

    index = put.json()["_index"]
    assert index.startswith(".kibana_")
    assert domain.ask(ALICE, "GET", f"/{index}/_search").status_code == 403


@pytest.mark.parametrize("who", [None, (MASTER, "guessed"), ("nobody", "guessed")], ids=["nobody", "guess", "unknown"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/cwl-*/_search"), ("POST", "/_bulk"), ("GET", "/_plugins/_security/api/roles")],
)
def test_nobody_gets_in_unauthenticated(domain: Domain, who: Any, method: str, path: str) -> None:
    assert domain.ask(who, method, path).status_code == 401


def test_an_identity_that_somebody_else_vouches_for_is_nobody(domain: Domain) -> None:
    impostor = SecureEngine(domain.engine.home / "impostor").token(SHIPPER)

    answer = domain.ask(None, "GET", "/", Authorization=f"Bearer {impostor}")

    assert answer.status_code == 401


def test_an_identity_without_a_mapping_may_nothing(domain: Domain) -> None:
    paths = ("/", "/cwl-*/_search", "/drift-*/_search", "/.kibana/_search", "/_cat/indices")
    answers = [domain.ask(STRANGER, "GET", path).status_code for path in paths]
    written = domain.ask(STRANGER, "POST", "/_bulk", f'{{"index":{{"_index":"{TODAY}"}}}}\n{BULK_LINE}')

    assert answers == [403] * len(paths)
    assert written.status_code == 403


def test_the_engine_speaks_https_only(domain: Domain) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(domain.engine.url.replace("https", "http"), timeout=10)


def test_a_mapping_of_somebody_elses_survives(domain: Domain) -> None:
    mapping = domain.mapping("prediction_viewer")

    assert (mapping["users"], mapping["hosts"]) == ([ALICE[0]], ["10.0.0.7"])
    assert mapping["description"] == "put there by hand"
    assert mapping["backend_roles"] == [VIEWER]


def test_an_administrator_may_do_everything_beside_the_masters(domain: Domain) -> None:
    mapping = domain.mapping("all_access")
    path = "/_plugins/_security/api/rolesmapping/prediction_viewer"

    assert (mapping["users"], mapping["backend_roles"]) == ([MASTER], sorted([IMPORTER, ADMINISTRATOR]))
    assert domain.ask(ADMINISTRATOR, "GET", path).status_code == 200


def test_who_is_no_administrator_any_more_loses_that_and_the_masters_stay(domain: Domain) -> None:
    domain.deploy({**MAPPINGS, "all_access": []}, former=MAPPINGS)

    mapping = domain.mapping("all_access")
    assert (mapping["users"], mapping["backend_roles"]) == ([MASTER], [IMPORTER])
    domain.deploy(MAPPINGS)


def test_deploying_again_changes_nothing(domain: Domain) -> None:
    before = [domain.mapping(role) for role in MAPPINGS]

    domain.deploy(MAPPINGS, former=MAPPINGS)

    assert [domain.mapping(role) for role in MAPPINGS] == before


def test_a_role_that_another_replaces_loses_what_it_had_and_nobody_else_does(domain: Domain) -> None:
    colleague = "arn:aws:iam::123456789012:role/of-another-stack"
    domain.deploy({**MAPPINGS, "prediction_shipper": [SHIPPER, colleague]})

    domain.deploy({**MAPPINGS, "prediction_shipper": [STRANGER]}, former=MAPPINGS)

    assert domain.mapping("prediction_shipper")["backend_roles"] == sorted([colleague, STRANGER])
    domain.deploy(MAPPINGS, former={"prediction_shipper": [STRANGER, colleague]})


def test_the_importer_says_for_how_long_predictions_are_kept(domain: Domain) -> None:
    assert "predictions and lines kept raw are kept for 90 days" in domain.deploy(MAPPINGS)
