"""The plain value that the page draws for each panel."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.preview.drawings import drawing
from dashboards.preview.panels import Panel
from dashboards.preview.timerange import TimeRange

SPAN = TimeRange(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
COUNT = {"id": "1", "type": "count", "schema": "metric", "params": {"customLabel": "Predictions"}}
LABEL = {"id": "2", "type": "terms", "schema": "segment", "params": {"field": "label", "customLabel": "Label"}}
TWO_LABELS = {"2": {"buckets": [{"key": "a", "doc_count": 3}, {"key": "b", "doc_count": 1}]}}


def panel(type_: str, aggs: list[dict] | None = None, **params: Any) -> Panel:
    state = {"type": type_, "aggs": aggs or [], "params": params}
    return Panel(index="1", title="T", grid={}, title_hidden=False, type=type_, time_field="@timestamp", state=state)


def answer(aggregations: dict | None = None, hits: int = 0) -> dict:
    return {"hits": {"total": {"value": hits}, "hits": []}, "aggregations": aggregations or {}}


def test_bars_by_label_are_one_series_over_the_labels() -> None:
    drawn = drawing(panel("histogram", [COUNT, LABEL]), answer(TWO_LABELS), SPAN)

    assert drawn["x"] == {"label": "Label", "type": "terms", "categories": ["a", "b"], "rotate": 0, "all": False}
    assert [(each["name"], each["points"]) for each in drawn["series"]] == [("Predictions", [["a", 3], ["b", 1]])]
    assert drawn["legend"] is False


def test_each_group_is_a_series_with_a_legend() -> None:
    group = {**LABEL, "schema": "group"}

    drawn = drawing(panel("line", [COUNT, group]), answer(TWO_LABELS), SPAN)

    assert [each["name"] for each in drawn["series"]] == ["a", "b"]
    assert drawn["legend"] is True


def test_the_bin_of_a_number_that_is_too_large_is_the_last() -> None:
    scores = {"id": "2", "type": "histogram", "schema": "segment", "params": {"field": "score", "interval": 0.5}}
    found = answer({"2": {"buckets": [{"key": key, "doc_count": 1} for key in ("Infinity", 0.5, "-Infinity", 0.0)]}})

    assert drawing(panel("histogram", [COUNT, scores]), found, SPAN)["x"]["categories"] == [
        "-Infinity",
        0.0,
        0.5,
        "Infinity",
    ]


def test_bars_of_time_know_where_they_begin_and_end() -> None:
    hours = {"id": "2", "type": "date_histogram", "schema": "segment", "params": {"field": "t", "interval": "h"}}
    eight = SPAN.start.timestamp() * 1000 + 8 * 3_600_000
    found = answer({"2": {"buckets": [{"key": eight, "doc_count": 3}]}})

    drawn = drawing(panel("histogram", [COUNT, hours]), found, SPAN)

    assert (len(drawn["bars"]), drawn["bars"][8], drawn["interval"]) == (25, eight, "1h")
    assert drawn["span"] == [drawn["bars"][0], drawn["bars"][-1]]


def test_the_first_chart_of_a_split_is_drawn_and_named() -> None:
    split = {"id": "3", "type": "terms", "schema": "split", "params": {"field": "comparison"}}
    found = answer({"3": {"buckets": [{"key": "new", "doc_count": 4, **TWO_LABELS}, {"key": "old", "doc_count": 0}]}})

    drawn = drawing(panel("histogram", [COUNT, split, LABEL]), found, SPAN)

    assert drawn["note"] == "new"
    assert drawn["series"][0]["points"] == [["a", 3], ["b", 1]]


def test_a_limit_of_the_chart_is_drawn() -> None:
    line = {"show": True, "value": 0.25, "color": "red"}

    drawn = drawing(panel("line", [COUNT, LABEL], thresholdLine=line), answer(TWO_LABELS), SPAN)

    assert drawn["limit"] == {"value": 0.25, "color": "red"}


def test_a_donut_has_a_slice_for_each_label() -> None:
    drawn = drawing(panel("pie", [COUNT, LABEL], isDonut=True), answer(TWO_LABELS), SPAN)

    assert (drawn["donut"], drawn["slices"]) == (True, [{"name": "a", "value": 3}, {"name": "b", "value": 1}])


def test_a_number_is_coloured_only_where_the_object_says_so() -> None:
    ranges = [{"from": 0, "to": 1}, {"from": 1, "to": 9}]

    plain = drawing(panel("metric", [COUNT], metric={"colorsRange": ranges}), answer(hits=6), SPAN)
    coloured = drawing(
        panel("metric", [COUNT], metric={"colorsRange": ranges, "metricColorMode": "Labels"}), answer(hits=6), SPAN
    )

    assert plain["values"] == [{"label": "Predictions", "value": 6, "date": False, "percent": False}]
    assert (plain["ranges"], coloured["ranges"]) == ([], ranges)


def test_the_newest_moment_is_a_date_and_not_an_amount() -> None:
    newest = {"id": "1", "type": "max", "schema": "metric", "params": {"field": "@timestamp"}}

    drawn = drawing(panel("metric", [newest]), answer({"1": {"value": 1.7e12}}), SPAN)

    assert drawn["values"][0]["date"] is True


def test_a_table_says_which_columns_are_dates() -> None:
    newest = {"id": "3", "type": "max", "schema": "metric", "params": {"field": "@timestamp", "customLabel": "Newest"}}
    buckets = {"2": {"buckets": [{"key": "a", "doc_count": 1, "3": {"value": 5.0}}]}}

    drawn = drawing(panel("table", [newest, {**LABEL, "schema": "bucket"}]), answer(buckets), SPAN)

    assert (drawn["columns"], drawn["rows"], drawn["dates"]) == (["Label", "Newest"], [["a", 5.0]], [1])


def test_a_field_that_the_index_pattern_formats_as_a_link_is_one_and_its_missing_bucket_is_not() -> None:
    template = {"urlTemplate": "../app/dashboards#/view/x?{{value}}", "labelTemplate": "{{value}}"}
    by_label = {**LABEL, "schema": "bucket", "params": {**LABEL["params"], "missingBucketLabel": "none"}}
    formats = {LABEL["params"]["field"]: {"id": "url", "params": template}}

    drawn = drawing(replace(panel("table", [COUNT, by_label]), formats=formats), answer(TWO_LABELS), SPAN)

    assert drawn["links"] == {
        0: {"url": template["urlTemplate"], "label": "{{value}}", "except": ("none", "Other")},
    }


def test_a_documents_computed_field_wins_over_its_source() -> None:
    table = Panel(
        index="1",
        title="T",
        grid={},
        title_hidden=False,
        type="search",
        time_field="@timestamp",
        columns=["prediction.label", "prediction.label.keyword", "a.b", "gone"],
    )
    hit = {
        "_source": {"@timestamp": "t", "prediction": {"label": "x"}, "a.b": 1},
        "fields": {"prediction.label.keyword": ["x"]},
    }

    drawn = drawing(table, {"hits": {"total": {"value": 1}, "hits": [hit]}}, SPAN)

    assert drawn["rows"] == [["t", "x", "x", 1, None]]


@pytest.mark.parametrize(
    ("sort", "order"), [([["@timestamp", "desc"]], "newest"), ([["prediction.score", "asc"]], "first"), ([], "first")]
)
def test_a_table_says_whether_its_rows_are_the_newest_and_which_documents_they_are(
    sort: list[list[str]], order: str
) -> None:
    table = Panel(
        index="1", title="T", grid={}, title_hidden=False, type="search", time_field="@timestamp", columns=[], sort=sort
    )
    hit = {"_index": "cwl-2026.11.25", "_id": "7", "_source": {"@timestamp": "t"}}

    drawn = drawing(table, {"hits": {"total": {"value": 300}, "hits": [hit]}}, SPAN)

    assert (drawn["order"], drawn["documents"]) == (order, [["cwl-2026.11.25", "7"]])


def test_markdown_keeps_markup_as_text() -> None:
    source = "**bold** <script>alert(1)</script> [x](javascript:alert(1))"

    drawn = drawing(panel("markdown", markdown=source), {}, SPAN)

    assert "<strong>bold</strong> &lt;script&gt;" in drawn["html"]
    assert "<a" not in drawn["html"]


def test_a_control_offers_the_existing_values() -> None:
    control = {"id": "c", "fieldName": "group.keyword", "label": "Group", "options": {"multiselect": False}}

    drawn = drawing(
        panel("input_control_vis", controls=[control]), answer({"c": {"buckets": [{"key": "a"}, {"key": "b"}]}}), SPAN
    )

    assert drawn["controls"] == [{"field": "group.keyword", "label": "Group", "multiple": False, "options": ["a", "b"]}]


@pytest.mark.parametrize(
    ("type_", "given", "message"),
    [("tagcloud", answer(), "cannot draw a visualization of the type 'tagcloud'"), ("line", {"error": "no"}, "no")],
)
def test_a_panel_that_cannot_be_drawn_says_why(type_: str, given: dict, message: str) -> None:
    drawn = drawing(panel(type_, [COUNT]), given, SPAN)

    assert drawn["kind"] == "error"
    assert message in drawn["message"]
