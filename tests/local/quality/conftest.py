"""An OpenSearch with the templates that quality reads and writes by, and nothing in it."""

import json
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from monitors.quality.config import Config
from tests.local.conftest import ROOT

TEMPLATES = {
    "cwl": "contracts/templates/predictions.json",
    "prediction-actuals": "contracts/templates/actuals.json",
    "prediction-quality-reference": "contracts/templates/quality_reference.json",
    "quality": "contracts/templates/quality.json",
    "drift": "contracts/templates/drift.json",
}


@pytest.fixture
def search(opensearch_url: str) -> Iterator[OpenSearch]:
    client = empty(opensearch_url)
    yield client
    client.close()


def empty(opensearch_url: str) -> OpenSearch:
    """Return a client of the node, from which all predictions and actuals are gone."""
    client = OpenSearch(opensearch_url, timeout=60, pool_maxsize=8)
    for name, path in TEMPLATES.items():
        client.indices.put_index_template(name=name, body=json.loads((ROOT / path).read_text()))
    client.indices.delete(index="cwl-*,prediction-*,quality-*,drift-*")
    return client


@pytest.fixture
def config(opensearch_url: str) -> Config:
    return Config(opensearch_url, segments=("customer.country",))
