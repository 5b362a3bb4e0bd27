"""Whatever one line holds, no panel fails a shard: on OpenSearch 2.19 and 3.x, over several indices."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opensearchpy import OpenSearch

from dashboards.importer.saved_objects import load
from dashboards.preview.drawings import drawing
from dashboards.preview.panels import Panel, dashboard
from dashboards.preview.searching import View, search
from dashboards.preview.store import Store
from dashboards.preview.timerange import TimeRange
from predmon.local.engine import VERSION_VARIABLE, Engine
from tests.local.dashboards.odd_values import PREFIX, write_odd_documents

BOARDS = [each.id for each in load() if each.type == "dashboard"]
SEARCHES = (
    "", "cat", '"a cat"', "c*t", "*", "text : cat", "text : c*", "@message : cat", "prediction.label : a",
    "latency_ms > 3",
    "prediction.score > 0.5", "model.name : x", 'customer.country : "DE"', "prediction_id : x", "error.status : 500",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    found = Store(tmp_path_factory.mktemp("objects"))
    found.put([each.body for each in load()])
    return found


@pytest.fixture(scope="module", params=["the session's engine", "3.8"])
def engine(
    request: pytest.FixtureRequest, opensearch_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenSearch]:
    if request.param == "the session's engine":
        search = OpenSearch(opensearch_url, timeout=120)
        write_odd_documents(search)
        yield search
        search.indices.delete(index=f"{PREFIX}*")
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VERSION_VARIABLE, request.param)
        newer = Engine(tmp_path_factory.mktemp("newer"))
        search = OpenSearch(newer.start(), timeout=120)
    write_odd_documents(search)
    yield search
    newer.stop()


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("query", SEARCHES)
def test_no_panel_fails(engine: OpenSearch, store: Store, board: str, query: str) -> None:
    view = View(TimeRange.parse("now-7d", "now"), query)
    panels = [_over_odd_documents(each) for each in dashboard(store, board).panels]

    answers = search(engine, panels, view)

    shown = {each.title: answers.get(each.index, {}) for each in panels}
    assert {title: each["error"] for title, each in shown.items() if "error" in each} == {}
    asked = [one for each in shown.values() for one in each.get("values", {"": each}).values() if "_shards" in one]
    assert len(asked) > len(panels) / 2
    assert {one["_shards"]["failed"] for one in asked} == {0}
    for each in panels:
        json.dumps(drawing(each, answers.get(each.index, {}), view.span), allow_nan=False)


def _over_odd_documents(panel: Panel) -> Panel:
    """Return the panel over the odd documents alone."""
    pattern = ",".join(PREFIX + each for each in panel.pattern.split(","))
    if panel.type != "vega":
        return replace(panel, pattern=pattern)
    text = panel.state["params"]["spec"]
    for name in ("cwl-", "raw-", "drift-now", "quality-now"):
        text = text.replace(name, PREFIX + name)
    return replace(panel, state={**panel.state, "params": {**panel.state["params"], "spec": text}})


def test_most_odd_documents_are_taken(engine: OpenSearch) -> None:
    """Else the test above would search for nothing."""
    assert engine.count(index=f"{PREFIX}*")["count"] > 10_000
