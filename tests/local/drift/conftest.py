"""An OpenSearch with the index templates that drift uses, and a log group only for the test."""

import json
import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.reporting.periods import Group
from tests.local.conftest import ROOT

TEMPLATES = {
    "cwl": "contracts/templates/predictions.json",
    "raw": "contracts/templates/raw.json",
    "drift": "contracts/templates/drift.json",
    "prediction-reference": "contracts/templates/drift_reference.json",
}


@pytest.fixture(scope="module")
def search(opensearch_url: str) -> Iterator[OpenSearch]:
    client = OpenSearch(opensearch_url, timeout=60)
    for name, path in TEMPLATES.items():
        client.indices.put_index_template(name=name, body=json.loads((ROOT / path).read_text()))
    yield client
    client.close()


@pytest.fixture
def config(opensearch_url: str) -> Config:
    return Config(opensearch_url, reference_size=500)


@pytest.fixture
def group() -> Group:
    return Group(f"/aws/lambda/{uuid.uuid4()}", "1")
