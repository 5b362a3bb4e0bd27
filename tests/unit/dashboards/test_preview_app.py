"""What the preview answers when its OpenSearch does not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from starlette.testclient import TestClient

from dashboards.importer.saved_objects import load, to_ndjson
from dashboards.preview.app import create_app
from dashboards.preview.importing import import_ndjson
from dashboards.preview.store import Store


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A preview with the repository's objects, over an address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    import_ndjson(Store(tmp_path), to_ndjson(load()).decode(), overwrite=True)
    app = create_app(OpenSearch(f"http://127.0.0.1:{port}", max_retries=0), tmp_path, tmp_path)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/preview/dashboards/mlops-dashboard/data", "/preview/documents/cwl-2026.11.25?id=1"])
def test_an_engine_that_is_down_is_said_in_words(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 503
    assert answer.json()["message"].startswith("OpenSearch does not answer, so this page shows what was there before.")
    assert "Error" not in answer.json()["message"]
