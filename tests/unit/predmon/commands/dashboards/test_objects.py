"""`predmon import` into a deployed stack, and into servers that a person names."""

import pytest
from click.testing import CliRunner

from dashboards.importer.saved_objects import load
from predmon.commands.dashboards.objects import import_
from predmon.errors import UserError
from stacks.constructs.index_templates import TEMPLATE_FILES
from tests.unit.predmon.commands.conftest import Server
from tests.unit.predmon.commands.untouched import untouched_domain

OBJECTS = load()
TEMPLATES = [f"/_index_template/{name}" for name in TEMPLATE_FILES]


@pytest.fixture
def healthy(server: Server) -> Server:
    """OpenSearch and Dashboards that accept everything."""
    resolved = {"indices": [{"name": "cwl-2026.01.01"}]}
    server.answers |= untouched_domain() | {
        "GET /_cluster/settings": {"persistent": {}, "transient": {}},
        "GET /": {"version": {"number": "2.19.1"}},
        "GET /_index_template": {"index_templates": []},
        "GET /_cluster/health": {"status": "green"},
        "PUT /cwl-2026.01.01/_mapping": {"acknowledged": True},
        "GET /_resolve/index/prediction-reference": {"indices": []},
        "GET /_resolve/index/prediction-quality-reference": {"indices": []},
        "GET /_resolve/index/cwl-*": resolved,
        "GET /_resolve/index/raw-*": resolved,
        "GET /_resolve/index/prediction-actuals": resolved,
        "GET /_resolve/index/quality-*": resolved,
        "GET /_resolve/index/drift-*": resolved,
        "GET /_resolve/index/drift-now": resolved,
        "GET /_resolve/index/quality-now": resolved,
        "GET /api/status": {"status": {"overall": {"state": "green"}}},
        "POST /api/saved_objects/_import": {"success": True, "successCount": len(OBJECTS)},
        "POST /api/saved_objects/_bulk_get": {"saved_objects": [each.body for each in OBJECTS]},
        "POST /cwl-*/_count": {"count": 0},
        "POST /api/shorten_url": {"urlId": "abc"},
        **{f"PUT {path}": {"acknowledged": True} for path in TEMPLATES},
    }
    return server


def written(server: Server) -> list[str]:
    return [name.removeprefix("PUT ") for name, _ in server.requests if name.startswith("PUT /_index_template")]


def test_the_stacks_templates_keep_what_the_deployment_has_made_of_them(healthy: Server) -> None:
    healthy.has_stack(OpenSearchUrl=healthy.url, DashboardsUrl=healthy.url)

    result = CliRunner().invoke(import_, [])

    assert result.exit_code == 0, result.output
    assert f"{healthy.url}/goto/abc" in result.output
    assert written(healthy) == []


@pytest.fixture
def edited(healthy: Server) -> Server:
    """The same, after somebody has renamed a panel in Dashboards."""
    healthy.has_stack(OpenSearchUrl=healthy.url, DashboardsUrl=healthy.url)
    stored = [{**each.body, "updated_at": "2026-11-25T10:00:00.000Z"} for each in OBJECTS]
    place = next(place for place, each in enumerate(OBJECTS) if each.id == "label-share")
    attributes = {**stored[place]["attributes"], "description": "Mine"}
    stored[place] = {**stored[place], "attributes": attributes, "updated_at": "2026-11-25T10:00:09.000Z"}
    # What was saved without a change, such as an index pattern that counts its popular fields, is no edit.
    stored[0] = {**stored[0], "updated_at": "2026-11-25T10:00:08.000Z"}
    healthy.answers["POST /api/saved_objects/_bulk_get"] = {"saved_objects": stored}
    return healthy


def test_an_import_names_the_edits_that_it_would_undo_and_sends_nothing(edited: Server) -> None:
    result = CliRunner().invoke(import_, [])

    assert isinstance(result.exception, UserError)
    said = str(result.exception).splitlines()
    assert said[0] == "Edited in Dashboards since the last import, and not in the files:"
    assert [line.split()[:2] for line in said[1:-2]] == [["visualization", "label-share"]]
    assert "predmon export" in said[-2]
    assert max(map(len, said)) <= 80
    assert not [name for name, _ in edited.requests if "_import" in name]


def test_edits_are_written_over_when_somebody_says_so(edited: Server) -> None:
    assert CliRunner().invoke(import_, ["--overwrite"]).exit_code == 0


def test_another_opensearch_gets_the_templates_first(healthy: Server) -> None:
    result = CliRunner().invoke(import_, ["--opensearch-url", healthy.url, "--dashboards-url", healthy.url])

    assert result.exit_code == 0, result.output
    assert "7 index templates put" in result.output
    assert written(healthy) == TEMPLATES
