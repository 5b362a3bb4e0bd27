"""`predmon import` into a deployed stack, and into servers that a person names."""

import pytest
from click.testing import CliRunner

from dashboards.importer.saved_objects import load
from predmon.commands.dashboards import import_
from stacks.constructs.index_templates import TEMPLATE_FILES
from tests.unit.predmon.commands.conftest import Server

OBJECTS = load()
TEMPLATES = [f"/_index_template/{name}" for name in TEMPLATE_FILES]


@pytest.fixture
def healthy(server: Server) -> Server:
    """OpenSearch and Dashboards that accept everything."""
    resolved = {"indices": [{"name": "cwl-2026.01.01"}]}
    server.answers |= {
        "GET /_cluster/health": {"status": "green"},
        "GET /_resolve/index/cwl-*": resolved,
        "GET /_resolve/index/raw-*": resolved,
        "GET /_resolve/index/prediction-actuals": resolved,
        "GET /_resolve/index/quality-*": resolved,
        "GET /_resolve/index/drift-*": resolved,
        "GET /api/status": {"status": {"overall": {"state": "green"}}},
        "POST /api/saved_objects/_import": {"success": True, "successCount": len(OBJECTS)},
        "POST /api/saved_objects/_bulk_get": {"saved_objects": [each.body for each in OBJECTS]},
        "POST /api/shorten_url": {"urlId": "abc"},
        **{f"PUT {path}": {"acknowledged": True} for path in TEMPLATES},
    }
    return server


def written(server: Server) -> list[str]:
    return [name.removeprefix("PUT ") for name, _ in server.requests if name.startswith("PUT ")]


def test_the_stacks_templates_keep_what_the_deployment_has_made_of_them(healthy: Server) -> None:
    healthy.has_stack(OpenSearchUrl=healthy.url, DashboardsUrl=healthy.url)

    result = CliRunner().invoke(import_, [])

    assert result.exit_code == 0, result.output
    assert f"{healthy.url}/goto/abc" in result.output
    assert written(healthy) == []


def test_another_opensearch_gets_the_templates_first(healthy: Server) -> None:
    result = CliRunner().invoke(import_, ["--opensearch-url", healthy.url, "--dashboards-url", healthy.url])

    assert result.exit_code == 0, result.output
    assert "7 index templates put" in result.output
    assert written(healthy) == TEMPLATES
