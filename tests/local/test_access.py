"""Who may do what, on a real engine with the official security plugin, after the deploy step's own code ran on it."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
import requests

import drift_lambda.handler
import lambda_shipper.handler
from dashboards.importer.config import Config as ImporterConfig
from dashboards.importer.connection import connect
from dashboards.importer.importing import Governance, prepare
from dashboards.importer.saved_objects import load
from drift_lambda.config import Config as DriftConfig
from lambda_shipper.config import Config as ShipperConfig
from local.emulator import REGION, Emulator, client_environment
from local.paths import ROOT
from local.processes import free_port
from local.secure_engine import MASTER, SecureEngine
from stacks.drift import SEARCH_ACCESS, index_templates
from tests.local.domain_front import DomainFront, domain_front
from tests.shipping import Context, log_events, payload, prediction

SHIPPER = "arn:aws:iam::123456789012:role/mlops-cluster-role"
DRIFT = "arn:aws:iam::123456789012:role/drift"
VIEWER = "arn:aws:iam::123456789012:role/data-science"
STRANGER = "arn:aws:iam::123456789012:role/stranger"
KEYS = {"SHIPPERKEY": SHIPPER, "DRIFTKEY": DRIFT}
MAPPINGS = {"prediction_shipper": [SHIPPER], "prediction_drift": [DRIFT], "prediction_viewer": [VIEWER]}
ALICE = ("alice", "Somebody-else-put-her-there-1")
TODAY = f"cwl-{datetime.now(UTC):%Y.%m.%d}"
PREDICTION = {"prediction": {"label": "acceptable", "score": 0.75}}
BULK_LINE = json.dumps(PREDICTION) + "\n"


@dataclass(frozen=True)
class Domain:
    """A secured engine, the front before it, and the environment of a function that reaches it."""

    engine: SecureEngine
    front: DomainFront
    aws: dict[str, str]
    secret_arn: str

    def ask(self, who: Any, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request as an IAM role (its ARN), as somebody with name and password (a tuple), or as nobody."""
        auth = who if isinstance(who, tuple) else None
        if isinstance(who, str):
            headers["Authorization"] = f"Bearer {self.engine.token(who)}"
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        headers.setdefault("Content-Type", "application/x-ndjson" if isinstance(body, str) else "application/json")
        url = f"{self.engine.url}{path}"
        return requests.request(
            method, url, data=data, headers=headers, auth=auth, verify=str(self.engine.authority), timeout=30
        )

    @property
    def master(self) -> tuple[str, str]:
        """The name and password that the deploy step signs in with."""
        return MASTER, self.engine.password

    def deploy(self, mappings: dict[str, list[str]], former: dict[str, list[str]] | None = None) -> str:
        """What the deploy step does to OpenSearch, signed in as the master user; says what is so of retention."""
        config = ImporterConfig(
            opensearch_url=self.front.url,
            dashboards_url=self.front.url,
            opensearch_auth="basic",
            opensearch_secret_arn=self.secret_arn,
        )
        templates = {"cwl": (ROOT / "lambda_shipper/index_template.json").read_text(), **index_templates()}
        governance = Governance(role_mappings=mappings, former_mappings=former, retention_days=90)
        return prepare(connect(config)[0], load(), templates, governance, until=time.monotonic() + 60)[1]

    def mapping(self, role: str) -> dict[str, Any]:
        """Who has a role now."""
        return self.ask(self.master, "GET", f"/_plugins/_security/api/rolesmapping/{role}").json()[role]


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    """After two deployments, between which somebody mapped a person by hand."""
    engine = SecureEngine(tmp_path_factory.mktemp("secure"))
    emulator = Emulator(tmp_path_factory.mktemp("aws"))
    try:
        emulator_url = emulator.start(engine.start(), free_port())
        aws = client_environment(emulator_url)
        with domain_front(engine, KEYS) as front, pytest.MonkeyPatch.context() as patch:
            for name, value in aws.items():
                patch.setenv(name, value)
            secret = json.dumps({"username": MASTER, "password": engine.password})
            arn = boto3.client("secretsmanager").create_secret(Name="master", SecretString=secret)["ARN"]
            made = Domain(engine, front, aws, arn)
            made.deploy({"prediction_shipper": [SHIPPER]})
            theirs = {"users": [ALICE[0]], "hosts": ["10.0.0.7"], "description": "put there by hand"}
            for path, body in (
                (f"internalusers/{ALICE[0]}", {"password": ALICE[1]}),
                ("rolesmapping/prediction_viewer", theirs),
            ):
                made.ask(made.master, "PUT", f"/_plugins/_security/api/{path}", body).raise_for_status()
            made.deploy(MAPPINGS)
            yield made
    finally:
        emulator.stop()
        engine.stop()


@pytest.fixture
def function(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give this process the environment and the credentials of one of the functions."""

    def become(config: ShipperConfig | DriftConfig, key: str) -> None:
        for name, value in {**domain.aws, **config.to_env(), "AWS_ACCESS_KEY_ID": key}.items():
            monkeypatch.setenv(name, value)
        boto3.setup_default_session()

    yield become
    boto3.setup_default_session()


@pytest.fixture
def shipped(domain: Domain, function: Any) -> dict[str, int]:
    """The counts of a batch of 300 predictions that the shipper's handler took, signing with its own role."""
    function(ShipperConfig(domain.front.url, "sigv4", REGION), "SHIPPERKEY")
    events = log_events([prediction(number) for number in range(300)], at=int(time.time() * 1000) - 60_000)

    counts = lambda_shipper.handler.handler(payload(events), Context())

    domain.ask(domain.master, "POST", "/cwl-*/_refresh")
    return counts


def test_the_shipper_writes_predictions(domain: Domain, shipped: dict[str, int]) -> None:
    found = domain.ask(domain.master, "GET", "/cwl-*/_count").json()["count"]

    assert (shipped["indexed"], shipped["failed"]) == (300, 0)
    assert found >= 300


@pytest.mark.parametrize("verb", ["index", "create"])
def test_the_shipper_writes_to_the_index_of_a_new_day(domain: Domain, verb: str) -> None:
    answer = domain.ask(SHIPPER, "POST", "/_bulk", f'{{"{verb}":{{"_index":"cwl-2020.01.0{len(verb)}"}}}}\n{BULK_LINE}')

    assert [item[verb]["status"] for item in answer.json()["items"]] == [201]


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


def test_the_drift_function_compares_and_reports_with_its_own_role(
    domain: Domain, shipped: dict[str, int], function: Any
) -> None:
    function(DriftConfig(domain.front.url, "sigv4", REGION, reference_size=200, minimum=50), "DRIFTKEY")

    judged = [drift_lambda.handler.handler({}, None) for _ in range(2)][-1]

    reports = domain.ask(domain.master, "GET", "/drift-*/_count").json()["count"]
    assert shipped["indexed"] == 300
    assert [run["log_group"] for run in judged["runs"]] == ["/aws/lambda/inference"]
    assert reports > 0


def test_the_functions_ask_for_nothing_that_their_iam_policies_lack(domain: Domain) -> None:
    asked = {who for who, _, _ in domain.front.asked}

    assert asked == {SHIPPER, DRIFT}
    assert domain.front.outside(SHIPPER, [("es:ESHttpPost", "/_bulk")]) == set()
    assert domain.front.outside(DRIFT, SEARCH_ACCESS) == set()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/{TODAY}/_doc", PREDICTION),
        ("DELETE", f"/{TODAY}", None),
        ("DELETE", "/prediction-reference", None),
        ("POST", "/drift-2020.01/_delete_by_query", {"query": {"match_all": {}}}),
        ("GET", "/.kibana/_search", None),
        ("GET", "/_plugins/_security/api/internalusers", None),
    ],
)
def test_the_drift_function_may_not_touch_predictions_or_security(
    domain: Domain, method: str, path: str, body: Any
) -> None:
    assert domain.ask(DRIFT, method, path, body).status_code == 403


@pytest.mark.parametrize("who", [VIEWER, ALICE], ids=["IAM role", "person"])
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


@pytest.mark.parametrize("who", [VIEWER, ALICE], ids=["IAM role", "person"])
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


@pytest.mark.parametrize("who", [VIEWER, ALICE], ids=["IAM role", "person"])
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


def test_the_deploy_step_says_that_this_engine_cannot_delete_old_indices(domain: Domain) -> None:
    assert "no index state management plugin" in domain.deploy(MAPPINGS)
