"""The rights of the functions' roles, on a real engine with the official security plugin."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import lambda_shipper.handler
from lambda_shipper.config import Config as ShipperConfig
from predmon.local.emulator import REGION
from stacks.constructs.days import DAYS as DAYS_REPORT
from stacks.constructs.drift import DRIFT as DRIFT_REPORT
from stacks.constructs.quality import QUALITY as QUALITY_REPORT
from stacks.constructs.shipper import DOMAIN_ACCESS
from tests.local.access.domain import (
    BULK_LINE,
    DAYS,
    DRIFT,
    IMPORTER,
    PREDICTION,
    QUALITY,
    SHIPPER,
    TODAY,
    VIEWER,
    Domain,
)
from tests.shipping import Context, log_events, payload, prediction


def test_the_shipper_writes_predictions(domain: Domain, shipped: dict[str, int]) -> None:
    found = domain.ask(domain.master, "GET", "/cwl-*/_count").json()["count"]

    assert (shipped["indexed"], shipped["failed"]) == (300, 0)
    assert found >= 300


@pytest.mark.parametrize("verb", ["index", "create"])
def test_the_shipper_writes_to_the_index_of_a_new_day(domain: Domain, verb: str) -> None:
    answer = domain.ask(SHIPPER, "POST", "/_bulk", f'{{"{verb}":{{"_index":"cwl-2020.01.0{len(verb)}"}}}}\n{BULK_LINE}')

    assert [item[verb]["status"] for item in answer.json()["items"]] == [201]


def test_the_shipper_keeps_lines_raw_in_an_index_of_their_own(domain: Domain) -> None:
    answer = domain.ask(SHIPPER, "POST", "/_bulk", '{"index":{"_index":"raw-2020.01.01"}}\n{"shipper": {}}\n')

    assert [item["index"]["status"] for item in answer.json()["items"]] == [201]


def test_the_shipper_makes_a_day_s_index_and_reads_and_adds_its_fields(domain: Domain) -> None:
    field = {"properties": {"tenant": {"type": "keyword", "meta": {"added_for": "a"}}}}
    day = "cwl-2020.02.02"

    answers = [
        domain.ask(SHIPPER, method, path, body).status_code
        for method, path, body in (
            ("GET", f"/{day}/_mapping", None),
            ("PUT", f"/{day}", None),
            ("PUT", f"/{day}/_mapping", field),
            ("GET", f"/{day}/_mapping", None),
        )
    ]

    assert answers == [404, 200, 200, 200]


@pytest.mark.parametrize(
    "action",
    [
        {"index": {"_index": "other"}},
        {"create": {"_index": "drift-2026.11"}},
        {"index": {"_index": "prediction-reference"}},
        {"index": {"_index": ".opendistro_security"}},
        {"index": {"_index": ".kibana"}},
        {"delete": {"_index": TODAY, "_id": "1"}},
    ],
    ids=str,
)
def test_the_shipper_neither_writes_elsewhere_nor_deletes(domain: Domain, action: dict[str, Any]) -> None:
    document = "" if "delete" in action else BULK_LINE

    answer = domain.ask(SHIPPER, "POST", "/_bulk", f"{json.dumps(action)}\n{document}").json()

    assert answer["errors"]
    assert [result["status"] for item in answer["items"] for result in item.values()] == [403]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/{TODAY}/_search", None),
        ("GET", f"/{TODAY}/_doc/1", None),
        ("GET", "/_search", None),
        ("GET", "/drift-*/_search", None),
        ("DELETE", f"/{TODAY}", None),
        ("DELETE", f"/{TODAY}/_doc/1", None),
        ("POST", f"/{TODAY}/_delete_by_query", {"query": {"match_all": {}}}),
        ("PUT", "/other", None),
        ("GET", "/other/_mapping", None),
        ("GET", "/raw-2020.01.01/_mapping", None),
        ("GET", "/raw-2020.01.01/_search", None),
        ("PUT", f"/{TODAY}/_settings", {"index.number_of_replicas": 0}),
        ("PUT", "/_index_template/cwl", {"index_patterns": ["cwl-*"]}),
        ("PUT", "/_cluster/settings", {"transient": {"action.auto_create_index": "false"}}),
        ("GET", "/", None),
        ("GET", "/_cluster/health", None),
        ("GET", "/_plugins/_security/api/roles", None),
        ("PUT", "/_plugins/_security/api/rolesmapping/all_access", {"backend_roles": [SHIPPER]}),
        ("PUT", "/_plugins/_security/api/roles/prediction_shipper", {"cluster_permissions": ["*"]}),
        ("PUT", "/_plugins/_security/api/internalusers/mallory", {"password": "Let-me-in-please-1"}),
    ],
)
def test_the_shipper_may_nothing_else(domain: Domain, method: str, path: str, body: Any) -> None:
    assert domain.ask(SHIPPER, method, path, body).status_code == 403


def test_the_drift_function_compares_and_reports_with_its_own_role(domain: Domain, judged: dict[str, Any]) -> None:
    reports = domain.ask(domain.master, "GET", "/drift-*/_count").json()["count"]

    assert [run["log_group"] for run in judged["runs"]] == ["/aws/lambda/inference"]
    assert reports > 0


def test_past_days_are_folded_and_deleted_by_a_function_with_its_own_role(
    domain: Domain, shipped: dict[str, int], folded: dict[str, Any]
) -> None:
    found = domain.ask(domain.master, "GET", "/_resolve/index/cwl-*?expand_wildcards=all").json()
    days = {index["name"] for index in found["indices"]} | {alias["name"] for alias in found["aliases"]}

    assert folded["left"] == []
    assert len([name for name in folded["folded"] if name.startswith("cwl-")]) >= 2
    assert {f"cwl-{datetime.now(UTC) - timedelta(days=ago):%Y.%m.%d}" for ago in (3, 4)} <= days
    assert folded["deleted"] and not set(folded["deleted"]) & days
    assert domain.ask(VIEWER, "GET", "/cwl-*/_count").json()["count"] >= 10


def test_late_events_of_a_folded_day_are_the_shipper_s_to_write(
    domain: Domain, function: Any, folded: dict[str, Any]
) -> None:
    function(ShipperConfig(domain.front.url, "sigv4", REGION), "SHIPPERKEY")
    late = int(time.time() * 1000) - 3 * 86_400_000
    lines = [prediction(number, own_key=number) for number in range(7)]

    counts = lambda_shipper.handler.handler(payload(log_events(lines, first=5000, at=late)), Context())

    assert counts["indexed"] == 7
    day = f"cwl-{datetime.now(UTC) - timedelta(days=3):%Y.%m.%d}"
    domain.ask(domain.master, "POST", "/cwl-*/_refresh")
    assert domain.ask(VIEWER, "GET", f"/{day}/_count").json()["count"] >= 7
    assert "cwl-from-" in next(iter(domain.ask(domain.master, "GET", f"/{day}/_mapping").json()))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/prediction-actuals", None),
        ("GET", "/prediction-actuals/_search", None),
        ("PUT", "/prediction-reference/_settings", {"index.number_of_replicas": 0}),
        ("PUT", "/other", None),
        ("GET", "/.kibana/_search", None),
        ("PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": 5000}}),
        ("GET", "/_plugins/_security/api/internalusers", None),
        ("PUT", "/_plugins/_security/api/rolesmapping/all_access", {"backend_roles": [DAYS]}),
    ],
)
def test_the_function_of_past_days_may_nothing_else(domain: Domain, method: str, path: str, body: Any) -> None:
    assert domain.ask(DAYS, method, path, body).status_code == 403


@pytest.mark.usefixtures("judged", "joined", "folded")
def test_the_functions_ask_for_nothing_that_their_iam_policies_lack(domain: Domain) -> None:
    asked = {who for who, _, _ in domain.front.asked} - {IMPORTER}

    assert asked == {SHIPPER, DRIFT, QUALITY, DAYS}
    assert domain.front.outside(SHIPPER, DOMAIN_ACCESS) == set()
    assert domain.front.outside(DRIFT, DRIFT_REPORT.access) == set()
    assert domain.front.outside(QUALITY, QUALITY_REPORT.access) == set()
    assert domain.front.outside(DAYS, DAYS_REPORT.access) == set()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/{TODAY}/_doc", PREDICTION),
        ("DELETE", f"/{TODAY}", None),
        ("DELETE", "/prediction-reference", None),
        ("POST", f"/{TODAY}/_delete_by_query", {"query": {"match_all": {}}}),
        ("DELETE", "/drift-*", None),
        ("GET", "/.kibana/_search", None),
        ("GET", "/_plugins/_security/api/internalusers", None),
    ],
)
def test_the_drift_function_may_not_touch_predictions_or_security(
    domain: Domain, method: str, path: str, body: Any
) -> None:
    assert domain.ask(DRIFT, method, path, body).status_code == 403


def test_the_quality_function_joins_judges_and_deletes_with_its_own_role(
    domain: Domain, joined: dict[str, Any]
) -> None:
    stored = domain.ask(domain.master, "GET", "/prediction-actuals/_search?q=state:joined").json()["hits"]["total"]
    reports = domain.ask(domain.master, "GET", "/quality-*/_count").json()["count"]

    assert (joined["join"]["joined"], joined["deleted"]) == (60, 1)
    assert stored["value"] >= 60
    assert reports > 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/{TODAY}/_doc", PREDICTION),
        ("DELETE", f"/{TODAY}", None),
        ("POST", f"/{TODAY}/_delete_by_query", {"query": {"match_all": {}}}),
        ("POST", f"/{TODAY}/_update_by_query", {"query": {"match_all": {}}}),
        ("GET", "/raw-2020.01.01/_search", None),
        ("POST", "/drift-*/_delete_by_query", {"query": {"match_all": {}}}),
        ("POST", "/drift-2020.01/_doc", {"kind": "run"}),
        ("GET", "/prediction-reference/_search", None),
        ("DELETE", "/prediction-actuals", None),
        ("DELETE", "/prediction-quality-reference", None),
        ("POST", "/prediction-quality-reference/_delete_by_query", {"query": {"match_all": {}}}),
        ("DELETE", "/quality-*", None),
        ("PUT", "/other", None),
        ("PUT", "/prediction-actuals/_settings", {"index.number_of_replicas": 0}),
        ("GET", "/.kibana/_search", None),
        ("GET", "/", None),
        ("GET", "/_cluster/health", None),
        ("GET", "/_plugins/_security/api/internalusers", None),
        ("PUT", "/_plugins/_security/api/rolesmapping/all_access", {"backend_roles": [QUALITY]}),
    ],
)
def test_the_quality_function_may_nothing_else(domain: Domain, method: str, path: str, body: Any) -> None:
    assert domain.ask(QUALITY, method, path, body).status_code == 403
