"""A domain with sign-in, for tests: an engine, the front before it, and the identities."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from dashboards.importer.config import Config
from dashboards.importer.connection import connect
from dashboards.importer.importing import AccessAndRetention, prepare
from dashboards.importer.saved_objects import load
from stacks.constructs.index_templates import index_templates
from tests.local.access.domain_front import DomainFront
from tests.local.access.secure_engine import MASTER, SecureEngine

SHIPPER = "arn:aws:iam::123456789012:role/mlops-cluster-role"
DRIFT = "arn:aws:iam::123456789012:role/drift"
DAYS = "arn:aws:iam::123456789012:role/days"
QUALITY = "arn:aws:iam::123456789012:role/quality"
VIEWER = "arn:aws:iam::123456789012:role/data-science"
STRANGER = "arn:aws:iam::123456789012:role/stranger"
EDITOR = "arn:aws:iam::123456789012:role/ml-engineers"
ADMINISTRATOR = "arn:aws:iam::123456789012:role/platform"
IMPORTER = "arn:aws:iam::123456789012:role/importer"
KEYS = {"SHIPPERKEY": SHIPPER, "DRIFTKEY": DRIFT, "QUALITYKEY": QUALITY, "DAYSKEY": DAYS, "IMPORTERKEY": IMPORTER}
MAPPINGS = {
    "prediction_shipper": [SHIPPER],
    "prediction_drift": [DRIFT],
    "prediction_quality": [QUALITY],
    "prediction_days": [DAYS],
    "prediction_viewer": [VIEWER],
    "prediction_editor": [EDITOR],
    "all_access": [ADMINISTRATOR],
}
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
        """Send one request as an IAM role (its ARN), as a person with name and password (a tuple), or as nobody."""
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
        """Return the name and password that the importer signs in with, where it does not sign its requests."""
        return MASTER, self.engine.password

    def deploy(
        self, mappings: dict[str, list[str]], former: dict[str, list[str]] | None = None, *, auth: str = "sigv4"
    ) -> str:
        """Prepare OpenSearch as the importer does, as the master. Return the sentence on retention.

        It signs with the importer's role, or with `auth="basic"` signs in as the master user.
        """
        config = Config(
            opensearch_url=self.front.url,
            dashboards_url=self.front.url,
            opensearch_auth=auth,
            opensearch_secret_arn=self.secret_arn,
        )
        templates = index_templates(shards=1)
        access_and_retention = AccessAndRetention(role_mappings=mappings, former_mappings=former, retention_days=90)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", "IMPORTERKEY")
            opensearch = connect(config)[0]
            return prepare(opensearch, load(), templates, access_and_retention, until=time.monotonic() + 60)[1]

    def mapping(self, role: str) -> dict[str, Any]:
        """Return who has a role now."""
        return self.ask(self.master, "GET", f"/_plugins/_security/api/rolesmapping/{role}").json()[role]
