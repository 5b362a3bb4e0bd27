"""A Dashboards to test against: the preview, or the real one that DASHBOARDS_URL names."""

import os
import uuid
from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import load
from local import deploy
from local.paths import ROOT
from local.preview import Preview
from local.processes import free_port
from tests.local.dashboards.parts import Events, Server

TEMPLATE = (ROOT / "lambda_shipper" / "index_template.json").read_text()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Dashboards that is ready; OPENSEARCH_URL is the one behind DASHBOARDS_URL."""
    if real := os.environ.get("DASHBOARDS_URL"):
        behind = os.environ.get("OPENSEARCH_URL")
        assert behind, "DASHBOARDS_URL is set: set OPENSEARCH_URL to the OpenSearch behind it, too"
        yield Server(real.rstrip("/"), behind, is_preview=False)
        return
    opensearch_url = request.getfixturevalue("opensearch_url")
    deploy.cdk()  # installs what the local cloud takes from npm, the charts among it
    preview = Preview(tmp_path_factory.mktemp("preview"))
    yield Server(preview.start(opensearch_url, free_port()), opensearch_url, is_preview=True)
    preview.stop()


@pytest.fixture(scope="session")
def imported(server: Server) -> str:
    """The repository's objects, imported; the value is the dashboard's permalink."""
    return import_everything(server.config, load(), {"cwl": TEMPLATE}).dashboard_url


@pytest.fixture
def events(server: Server, imported: str) -> Events:
    """An empty set of events; sending needs the templates, so the import comes first."""
    return Events(OpenSearch(server.opensearch_url), f"/test/{uuid.uuid4().hex}", [])
