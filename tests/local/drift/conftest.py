"""An OpenSearch with the index templates that drift uses, and a log group only for the test."""

import json
import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from drift_lambda.config import Config
from reporting.periods import Group
from tests.local.conftest import ROOT

TEMPLATES = {
    "cwl": "lambda_shipper/index_template.json",
    "raw": "lambda_shipper/raw_index_template.json",
    "drift": "drift_lambda/index_template.json",
    "prediction-reference": "drift_lambda/reference_template.json",
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
