"""Share a secured domain after two deployments, and the functions that use it."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

import lambda_shipper.handler
import monitors.days.handler
import monitors.drift.handler
import monitors.quality.handler
from lambda_shipper.config import Config as ShipperConfig
from monitors.days.config import Config as DaysConfig
from monitors.drift.config import Config as DriftConfig
from monitors.quality.config import Config as QualityConfig
from predmon.local.emulator import REGION, Emulator
from predmon.local.processes import free_port
from tests.local.access.domain import ALICE, IMPORTER, KEYS, MAPPINGS, SHIPPER, Domain
from tests.local.access.domain_front import domain_front
from tests.local.access.secure_engine import MASTER, SecureEngine
from tests.shipping import Context, log_events, payload, prediction


@pytest.fixture(scope="package")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    """Return a domain after two deployments, by password and signed. Between them somebody mapped a person by hand."""
    engine = SecureEngine(tmp_path_factory.mktemp("secure"), master_role=IMPORTER)
    emulator = Emulator(tmp_path_factory.mktemp("aws"))
    try:
        engine.start()
        with domain_front(engine, KEYS) as front, pytest.MonkeyPatch.context() as patch:
            emulator.start(front.url, free_port())
            aws = emulator.client_environment
            for name, value in aws.items():
                patch.setenv(name, value)
            secret = json.dumps({"username": MASTER, "password": engine.password})
            arn = boto3.client("secretsmanager").create_secret(Name="master", SecretString=secret)["ARN"]
            made = Domain(engine, front, aws, arn)
            made.deploy({"prediction_shipper": [SHIPPER]}, auth="basic")
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
    """Set the environment and the credentials of one of the functions for this process."""

    def become(config: ShipperConfig | DaysConfig | DriftConfig | QualityConfig, key: str) -> None:
        for name, value in {**domain.aws, **config.to_env(), "AWS_ACCESS_KEY_ID": key}.items():
            monkeypatch.setenv(name, value)
        boto3.setup_default_session()

    yield become
    boto3.setup_default_session()


@pytest.fixture
def shipped(domain: Domain, function: Any) -> dict[str, int]:
    """Return the counts of a batch of 300 predictions that the shipper shipped, signing with its own role."""
    function(ShipperConfig(domain.front.url, "sigv4", REGION), "SHIPPERKEY")
    events = log_events([prediction(number) for number in range(300)], at=int(time.time() * 1000) - 60_000)

    counts = lambda_shipper.handler.handler(payload(events), Context())

    domain.ask(domain.master, "POST", "/cwl-*/_refresh")
    return counts


@pytest.fixture
def judged(domain: Domain, shipped: dict[str, int], function: Any) -> dict[str, Any]:
    """Return what the drift function said of them, signing with its own role: first a reference, then a verdict."""
    function(DriftConfig(domain.front.url, "sigv4", REGION, reference_size=200, minimum=50), "DRIFTKEY")

    return [monitors.drift.handler.handler({}, None) for _ in range(2)][-1]


@pytest.fixture
def joined(domain: Domain, function: Any) -> dict[str, Any]:
    """Return what the quality function did, signing with its own role: a reference, a judgement, and a deletion."""
    function(ShipperConfig(domain.front.url, "sigv4", REGION), "SHIPPERKEY")
    now = int(time.time() * 1000)
    actual = '{"prediction": {"id": "%s"}, "actual": {"label": "acceptable"}}'
    made = [prediction(number, prediction_id=f"p{number}") for number in range(60)]
    told = [actual % f"p{number}" for number in range(60)]
    for lines, at in ((made, now - 60_000), (told, now - 30_000), ([actual % "long ago"], now - 9 * 86_400_000)):
        lambda_shipper.handler.handler(payload(log_events(lines, first=1000, at=at)), Context())
    domain.ask(domain.master, "POST", "/cwl-*/_refresh")
    config = QualityConfig(domain.front.url, "sigv4", REGION, reference_size=50, minimum=20, retention_days=8)
    function(config, "QUALITYKEY")

    return monitors.quality.handler.handler({}, Context(seconds=300))


@pytest.fixture
def folded(domain: Domain, function: Any) -> dict[str, Any]:
    """Return what the function that looks after past days did, signing with its own role: it folds and deletes."""
    function(ShipperConfig(domain.front.url, "sigv4", REGION), "SHIPPERKEY")
    now = int(time.time() * 1000)
    for number, days_ago in enumerate((3, 4, 30)):
        lines = [prediction(number) for number in range(5)]
        lambda_shipper.handler.handler(
            payload(log_events(lines, first=2000 + 10 * number, at=now - days_ago * 86_400_000)), Context()
        )
    function(DaysConfig(domain.front.url, "sigv4", REGION, retention_days=20), "DAYSKEY")

    return monitors.days.handler.handler({}, Context(seconds=900))
