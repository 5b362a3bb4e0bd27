"""The searches of a Vega panel, and how its spec is kept in the files."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.importer.canonical import canonical
from dashboards.importer.saved_objects import load, with_json_texts
from dashboards.preview.aggregations import UndrawableError
from dashboards.preview.timerange import TimeRange
from dashboards.preview.vega import fill_in, list_searches

SPAN = TimeRange(datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
CHOSEN = {"bool": {"filter": [{"term": {"a": 1}}], "must_not": []}}
DAY = 86_400_000


def spec(query: Any, **url: Any) -> dict[str, Any]:
    return {"data": [{"name": "d", "url": {"index": "cwl-*", "body": {"query": query}, **url}}]}


def query_of(query: Any) -> Any:
    return list_searches(spec(query), CHOSEN, SPAN)["d"]["body"]["query"]


def test_the_clauses_become_what_the_reader_chose() -> None:
    marks = ["%dashboard_context-must_clause%", "%dashboard_context-filter_clause%", {"exists": {"field": "b"}}]

    found = query_of({"bool": {"must": marks}})

    assert found == {"bool": {"must": [{"term": {"a": 1}}, {"exists": {"field": "b"}}]}}


def test_the_time_range_may_be_that_of_the_day_before() -> None:
    now = query_of({"range": {"@timestamp": {"%timefilter%": True}}})
    before = query_of({"range": {"@timestamp": {"%timefilter%": True, "shift": -1, "unit": "day"}}})
    bounds = query_of({"gte": {"%timefilter%": "min", "shift": -1}, "lte": {"%timefilter%": "max"}})

    assert now["range"]["@timestamp"]["gte"] == "2026-11-30T00:00:00+00:00"
    assert before["range"]["@timestamp"]["lte"] == "2026-11-30T00:00:00+00:00"
    assert bounds["lte"] - bounds["gte"] == 2 * DAY


@pytest.mark.parametrize("url", [{"%context%": True}, {"interval": {"%autointerval%": True}}])
def test_what_the_preview_does_not_know_is_said(url: dict) -> None:
    with pytest.raises(UndrawableError, match="the preview"):
        list_searches(spec({}, **url), CHOSEN, SPAN)


def test_the_answers_stand_in_place_of_the_searches() -> None:
    made = {**spec({}), "config": {"kibana": {"renderer": "svg"}, "mark": {}}}

    assert fill_in(made, {"d": {"hits": []}}) == {
        "data": [{"name": "d", "values": {"hits": []}}],
        "config": {"mark": {}},
    }


def test_the_file_has_the_spec_as_json_and_dashboards_has_it_as_a_text() -> None:
    (table,) = [each.body for each in load() if each.id == "models-now"]

    kept = canonical(table)["attributes"]["visState"]["params"]["spec"]
    sent = json.loads(with_json_texts(canonical(table)["attributes"])["visState"])["params"]["spec"]
    assert kept["$schema"].endswith("/vega/v5.json")
    assert json.loads(sent) == kept


def test_a_spec_with_comments_stays_as_a_person_wrote_it() -> None:
    state = {"type": "vega", "params": {"spec": "{ // mine\n}"}}
    found = {"type": "visualization", "id": "v", "attributes": {"visState": json.dumps(state)}}

    assert canonical(found)["attributes"]["visState"] == state


def test_the_main_table_asks_four_times_and_verdicts_do_not_depend_on_the_time_range() -> None:
    (table,) = [each.body for each in load() if each.id == "models-now"]
    searches = list_searches(
        canonical(table)["attributes"]["visState"]["params"]["spec"], {"bool": {"filter": []}}, SPAN
    )

    assert {name: each["index"] for name, each in searches.items()} == {
        "judged": "drift-now*,quality-now*",
        "live": "cwl-*",
        "before": "cwl-*",
        "raw": "raw-*",
    }
    assert "2026" not in json.dumps(searches["judged"])
    assert "%" not in json.dumps(searches)


REFUSED = re.compile(
    r"(?<![\w.'])(?:window|document|global|globalThis|top|parent|frames|self|constructor)\b(?!')"
    r"|\.(?:ownerDocument|defaultView|contentDocument|contentWindow|view|constructor|prototype|__proto__)\b"
    r"|[\w)\]}]\[(?!\d+\]|'[^']*'\])"
)
"""Names, members and computed members that Dashboards 3.8 and later refuse in an expression, and with it the panel."""


def test_dashboards_3_8_refuses_no_expression_of_a_panel() -> None:
    for each in load():
        if each.type == "visualization":
            made = canonical(each.body)["attributes"]["visState"]["params"].get("spec", {})
            assert [text for text in expressions(made) if REFUSED.search(text)] == [], each.id


@pytest.mark.parametrize(
    "text", ["top - 20", "x[datum.name]", "split(a, '/')[length(a) - 1]", "({a: 1})[datum.b]", "event.view.x"]
)
def test_what_dashboards_3_8_refuses_is_noticed(text: str) -> None:
    assert REFUSED.search(text)


def expressions(part: Any) -> Iterator[str]:
    """Yield every expression of a Vega specification."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in ("expr", "update", "test", "calculate", "filter", "signal") and isinstance(value, str):
            yield value
        yield from expressions(value)
