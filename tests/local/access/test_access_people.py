"""The rights and roles of people and strangers, on a real engine with the official security plugin."""

from typing import Any

import pytest
import requests

from tests.local.access.domain import ALICE, BULK_LINE, MAPPINGS, PREDICTION, SHIPPER, STRANGER, TODAY, VIEWER, Domain
from tests.local.access.secure_engine import MASTER, SecureEngine

viewers = pytest.mark.parametrize("who", [VIEWER, ALICE], ids=["IAM role", "person"])


@viewers
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
def test_a_viewer_reads(domain: Domain, who: Any, method: str, path: str, body: Any) -> None:
    assert domain.ask(who, method, path, body).status_code == 200


@viewers
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/{TODAY}/_doc", PREDICTION),
        ("PUT", f"/{TODAY}/_doc/1", PREDICTION),
        ("POST", f"/{TODAY}/_update/1", {"doc": {"text": "another"}}),
        ("DELETE", f"/{TODAY}", None),
        ("POST", f"/{TODAY}/_delete_by_query", {"query": {"match_all": {}}}),
        ("PUT", "/cwl-2030.01.01", None),
        ("GET", "/prediction-reference/_search", None),
        ("GET", "/.opendistro_security/_search", None),
        ("GET", "/_plugins/_security/api/roles", None),
    ],
)
def test_a_viewer_changes_nothing(domain: Domain, who: Any, method: str, path: str, body: Any) -> None:
    assert domain.ask(who, method, path, body).status_code == 403


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
    answers = [domain.ask(STRANGER, "GET", path).status_code for path in ("/", "/cwl-*/_search")]
    written = domain.ask(STRANGER, "POST", "/_bulk", f'{{"index":{{"_index":"{TODAY}"}}}}\n{BULK_LINE}')

    assert answers == [403, 403]
    assert written.status_code == 403


def test_the_engine_speaks_https_only(domain: Domain) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(domain.engine.url.replace("https", "http"), timeout=10)


def test_a_mapping_of_somebody_elses_survives(domain: Domain) -> None:
    mapping = domain.mapping("prediction_viewer")

    assert (mapping["users"], mapping["hosts"]) == ([ALICE[0]], ["10.0.0.7"])
    assert mapping["description"] == "put there by hand"
    assert mapping["backend_roles"] == [VIEWER]


def test_mappings_of_other_roles_are_left_alone(domain: Domain) -> None:
    assert domain.mapping("all_access")["users"] == [MASTER]


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


def test_the_importer_says_that_this_engine_cannot_delete_old_indices(domain: Domain) -> None:
    assert "no index state management plugin" in domain.deploy(MAPPINGS)
