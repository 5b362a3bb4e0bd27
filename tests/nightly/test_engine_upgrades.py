"""An engine that is upgraded with its data in place: every page's searches count what they counted before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from benchmarks.index.documents import bulk, documents
from benchmarks.index.node import Node
from dashboards.importer.connection import Connection
from dashboards.importer.foreign import find_foreign
from dashboards.importer.indices import ensure_indices, put_index_templates
from dashboards.importer.saved_objects import load
from dashboards.preview.panels import dashboard
from dashboards.preview.searching import View, search
from dashboards.preview.store import Store
from dashboards.preview.timerange import TimeRange
from predmon.local.engine import VERSION_VARIABLE, Engine
from stacks.constructs.index_templates import index_templates

VERSIONS = ("2.19", "3.5", "3.8")
FIRST = datetime(2026, 10, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)
PER_DAY = 500
NOT_COUNTED = ("took", "timed_out", "terminated_early", "status", "_shards", "max_score")


def counts(answer: Any) -> Any:
    """Return what an answer counts. Percentiles differ a little from version to version, and times always."""
    if isinstance(answer, dict):
        kept = {key: counts(value) for key, value in answer.items() if key not in NOT_COUNTED}
        return {key: value for key, value in kept.items() if value not in (None, {}, [])}
    if isinstance(answer, list):
        return [one for one in map(counts, answer) if one not in (None, {}, [])]
    return None if isinstance(answer, float) else answer


def ask(url: str, home: Path, days: int) -> dict[str, Any]:
    """Return what each panel of each page counts over these days."""
    store = Store(home)
    store.put([each.body for each in load()])
    client, found = OpenSearch(url, timeout=60), dict[str, Any]()
    view = View(span=TimeRange(FIRST, FIRST + days * A_DAY))
    for board in (each.id for each in load() if each.type == "dashboard"):
        for panel in dashboard(store, board).panels:
            for answer in search(client, [panel], view).values() if panel.type != "markdown" else ():
                assert "error" not in answer, (board, panel.title, answer)
                found[f"{board}: {panel.title} {panel.index}"] = counts(answer)
    return found


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    yield tmp_path / "engine", tmp_path / "pages"


def test_every_page_counts_the_same_after_each_upgrade(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before: dict[str, Any] = {}
    for number, version in enumerate(VERSIONS):
        monkeypatch.setenv(VERSION_VARIABLE, version)
        with Engine(homes[0]) as engine:
            url = str(engine.url)
            node = Node(url)
            node.call("GET", "/_cluster/health?wait_for_status=green&timeout=60s")
            if before:
                assert ask(url, homes[1], number) == before
            connection = Connection("OpenSearch", url, None, {})
            put_index_templates(connection, index_templates(1))
            ensure_indices(connection, [each.title for each in load() if each.type == "index-pattern"])
            node.write(bulk(documents(PER_DAY, FIRST + number * A_DAY, A_DAY - timedelta(seconds=1)), "cwl"))
            node.call("POST", "/cwl-*/_refresh")
            assert find_foreign(connection, index_templates(1)) == []
            before = ask(url, homes[1], number + 1)
            assert any(before.values())
