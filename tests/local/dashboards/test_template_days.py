"""A day of the former index template beside a day of today's: every panel, query and comparison answers from both."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers

from benchmarks.index.__main__ import templates_for
from benchmarks.index.node import Node
from dashboards.importer.saved_objects import load
from dashboards.preview.panels import Panel, dashboard
from dashboards.preview.searching import View, search
from dashboards.preview.store import Store
from dashboards.preview.timerange import TimeRange
from monitors.drift.config import Config
from monitors.drift.references.bins import plan_reference
from monitors.drift.windows.counting import count
from monitors.drift.windows.fields import find_fields
from monitors.reporting.periods import Group, Period

FORMER, NEW = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)
BOTH = TimeRange(FORMER, NEW + timedelta(days=1))
EACH = 60
"""Predictions in each of the two days; they are the same, but for their time."""
KINDS = {
    "text": "string",
    "keyword": "string",
    "match_only_text": "string",
    "double": "number",
    "scaled_float": "number",
}
"""Dashboards' own word for types of fields (osd_field_types_factory.ts); the third since 3.1, which uses it alone."""
GROUP = Group("/test/template-days", "2026-11-20")
BOARDS = [each.id for each in load() if each.type == "dashboard"]
QUERIES = (
    "prediction.label : acceptable",
    'prediction.label.keyword : "acceptable"',
    f'@log_group : "{GROUP.log_group}"',
    f'@log_group.keyword : "{GROUP.log_group}"',
    '@log_stream.keyword : "stream/1"',
    '@owner.keyword : "123456789012"',
    '@message : "a sentence"',
    "@message : sentence",
    "text : sentence",
    'text : "a sentence of"',
    "model.name : cola",
    'model.version.keyword : "2026-11-20"',
    "request_id : request7",
    "prediction.score < 0.5",
    "shipper.text_words >= 3",
    "shipper.text_characters : *",
    "latency_ms > 5",
    "sentence",
    '"a sentence"',
    "customer.country.keyword : NL",
    "customer.country : nl",
    "_id : *",
)
"""As people type them; each must find as much in the former day as in the new one."""


def document(day: datetime, number: int) -> dict[str, Any]:
    text = f"a sentence of {number}"
    return {
        "@id": f"{number:056d}",
        "@timestamp": (day + timedelta(minutes=20 * number)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "@message": json.dumps({"text": text}),
        "@owner": "123456789012",
        "@log_group": GROUP.log_group,
        "@log_stream": "stream/1",
        "text": text,
        "prediction": {"label": ["acceptable", "unacceptable"][number % 2], "score": number / EACH},
        "model": {"name": "cola", "version": GROUP.model_version},
        "latency_ms": float(number),
        "request_id": f"request{number}",
        "customer": {"country": "NL"},
        "shipper": {"text_characters": len(text), "text_words": len(text.split())},
    }


@pytest.fixture(scope="module")
def engine(opensearch_url: str) -> Iterator[OpenSearch]:
    """An engine with both days in it, each index made by its template."""
    client = OpenSearch(opensearch_url, timeout=60)
    templates = templates_for(Node(opensearch_url))
    days = {FORMER: templates["before"], NEW: templates["now"]}
    for day, template in days.items():
        name = f"cwl-{day:%Y.%m.%d}"
        assert template is not None
        body = {"index_patterns": [name], "priority": 900, "template": template["template"]}
        client.indices.put_index_template(name=name, body=body)
        actions = [{"_index": name, "_id": n, "_source": document(day, n)} for n in range(EACH)]
        helpers.bulk(client, actions, refresh=True)
    yield client
    client.indices.delete(index="cwl-2020.*")
    for day in days:
        client.indices.delete_index_template(name=f"cwl-{day:%Y.%m.%d}")
    client.close()


def panels(board: str, home: Path) -> list[Panel]:
    store = Store(home)
    store.put([each.body for each in load()])
    return dashboard(store, board).panels


def ask(engine: OpenSearch, panel: Panel, span: TimeRange, query: str = "") -> dict[str, Any]:
    answer = search(engine, [panel], View(span=span, query=query))[panel.index]
    assert "error" not in answer, (panel.title, query, answer)
    return answer


def day_of(start: datetime) -> TimeRange:
    """Return the range that ends just before the next day; a range includes its end."""
    return replace(BOTH, start=start, end=start + timedelta(days=1) - timedelta(milliseconds=1))


@pytest.mark.parametrize("board", BOARDS)
def test_every_panel_answers_from_both_days(engine: OpenSearch, tmp_path: Path, board: str) -> None:
    for panel in panels(board, tmp_path):
        if panel.type == "markdown" or not panel.pattern.startswith("cwl"):
            continue
        totals = [ask(engine, panel, span)["hits"]["total"]["value"] for span in (day_of(FORMER), day_of(NEW), BOTH)]
        assert totals[0] == totals[1], panel.title
        assert totals[2] == totals[0] + totals[1], panel.title


def test_every_aggregation_says_the_same_of_either_day(engine: OpenSearch, tmp_path: Path) -> None:
    compared = 0
    for panel in [*panels("mlops-dashboard", tmp_path), *panels("details", tmp_path)]:
        has_time = any(agg["type"] == "date_histogram" for agg in panel.state.get("aggs", []))
        dates = any(agg["params"].get("field") == "@timestamp" for agg in panel.state.get("aggs", []))
        if panel.type == "markdown" or not panel.state.get("aggs") or has_time or dates:
            continue
        former, new = (ask(engine, panel, day_of(day)).get("aggregations") for day in (FORMER, NEW))
        assert former == new, panel.title
        compared += 1
    assert compared >= 5


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_the_same_in_either_day(engine: OpenSearch, tmp_path: Path, query: str) -> None:
    table = next(each for each in panels("mlops-dashboard", tmp_path) if each.title == "MLOps Datatable")

    found = [ask(engine, table, day_of(day), query)["hits"]["total"]["value"] for day in (FORMER, NEW)]

    assert found[0] == found[1] > 0
    assert ask(engine, table, BOTH, query)["hits"]["total"]["value"] == sum(found)


def test_no_field_has_two_types_as_dashboards_reads_them(engine: OpenSearch) -> None:
    """Dashboards has few kinds of fields; two in one field are a conflict to it."""
    caps = engine.field_caps(index="cwl-2020.*", fields="*")["fields"]

    types = {name: {KINDS.get(type, type) for type in found} for name, found in caps.items()}
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_drift_counts_both_days(engine: OpenSearch) -> None:
    config = Config("http://127.0.0.1", fields=("latency_ms", "customer.country.keyword"))
    both = Period(FORMER, NEW + timedelta(days=1))
    days = [Period(day, day + timedelta(days=1)) for day in (FORMER, NEW)]

    plans = plan_reference(engine, GROUP, both, find_fields(engine, both, config), config)
    whole = count(engine, GROUP, both, plans)
    former, new = (count(engine, GROUP, day, plans) for day in days)

    assert {"label", "score", "text_length", "latency_ms", "customer.country.keyword"} <= whole.signals.keys()
    assert (whole.problems, whole.predictions) == ({}, 2 * EACH)
    assert former.signals == new.signals
    for name, signal in whole.signals.items():
        assert signal.total == 2 * former.signals[name].total, name
