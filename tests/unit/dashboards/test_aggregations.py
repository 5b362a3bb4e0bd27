"""A visualization's aggregations: the request, and the flat table that charts are drawn from."""

from datetime import UTC, datetime

import pytest

from dashboards.preview.aggregations import UndrawableError, other_request, to_request, with_other
from dashboards.preview.tables import to_table
from dashboards.preview.timerange import TimeRange

SPAN = TimeRange(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
COUNT = {"id": "1", "type": "count", "schema": "metric", "params": {"customLabel": "Predictions"}}
LABELS = {
    "id": "2",
    "type": "terms",
    "schema": "group",
    "params": {"field": "label", "size": 3, "orderBy": "1", "order": "desc", "customLabel": "Label"},
}
TIME = {"id": "3", "type": "date_histogram", "schema": "segment", "params": {"field": "@timestamp", "interval": "auto"}}


def answer(aggregations: dict, hits: int = 0) -> dict:
    return {"hits": {"total": {"value": hits}}, "aggregations": aggregations}


def test_buckets_are_nested_in_the_order_of_the_visualization() -> None:
    body = to_request([COUNT, TIME, LABELS], SPAN)

    assert body["3"]["date_histogram"] == {"field": "@timestamp", "fixed_interval": "30m", "min_doc_count": 1}
    assert body["3"]["aggs"]["2"]["terms"] == {"field": "label", "size": 3, "order": {"_count": "desc"}}


def test_terms_can_be_ordered_by_another_metric() -> None:
    mean = {"id": "9", "type": "avg", "schema": "metric", "params": {"field": "score"}}
    labels = {**LABELS, "params": {**LABELS["params"], "orderBy": "9"}}

    body = to_request([mean, labels], SPAN)

    assert body == {
        "2": {
            "terms": {"field": "label", "size": 3, "order": {"9": "desc"}},
            "aggs": {"9": {"avg": {"field": "score"}}},
        }
    }


@pytest.mark.parametrize(("show_empty", "minimum"), [(True, 0), (False, 1)])
def test_the_checkbox_for_empty_buckets_becomes_a_minimum(show_empty: bool, minimum: int) -> None:
    scores = {
        "id": "2",
        "type": "histogram",
        "schema": "segment",
        "params": {"field": "score", "interval": 0.05, "min_doc_count": show_empty},
    }

    assert to_request([COUNT, scores], SPAN)["2"]["histogram"]["min_doc_count"] == minimum


def test_without_buckets_the_count_is_that_of_the_hits() -> None:
    found = to_table([COUNT], answer({}, hits=7), SPAN)

    assert ([each["label"] for each in found.columns], found.rows) == (["Predictions"], [[7]])


def test_every_combination_of_buckets_is_a_row() -> None:
    found = to_table(
        [COUNT, TIME, LABELS],
        answer(
            {
                "3": {
                    "buckets": [
                        {"key": 10, "2": {"buckets": [{"key": "a", "doc_count": 2}, {"key": "b", "doc_count": 1}]}},
                        {"key": 20, "2": {"buckets": [{"key": "a", "doc_count": 5}]}},
                    ]
                }
            }
        ),
        SPAN,
    )

    assert found.rows == [[10, "a", 2], [10, "b", 1], [20, "a", 5]]


def test_each_percentile_is_a_column_named_as_dashboards_names_it() -> None:
    percentiles = {
        "id": "1",
        "type": "percentiles",
        "schema": "metric",
        "params": {"field": "score", "percents": [5, 50, 99.9], "customLabel": "score"},
    }
    values = [{"key": 5.0, "value": 0.1}, {"key": 50.0, "value": 0.5}, {"key": 99.9, "value": None}]

    found = to_table([percentiles], answer({"1": {"values": values}}), SPAN)

    names = ["5th percentile of score", "50th percentile of score", "99.9th percentile of score"]
    assert ([each["label"] for each in found.columns], found.rows) == (names, [[0.1, 0.5, None]])


def test_json_input_is_merged_into_the_request_as_dashboards_does() -> None:
    def asked(json: str) -> dict:
        latency = {"id": "1", "type": "percentiles", "schema": "metric", "params": {"field": "ms", "percents": [95]}}
        return to_request([{**latency, "params": {**latency["params"], "json": json}}], SPAN)["1"]["percentiles"]

    assert asked('{"hdr": {"number_of_significant_value_digits": 3}}')["hdr"] == {
        "number_of_significant_value_digits": 3
    }
    assert asked('{"keyed": null, "percents": [5]}') == {"field": "ms", "percents": [5]}
    assert asked("not JSON") == asked("") == {"field": "ms", "percents": [95], "keyed": False}


def test_json_input_of_a_bucket_is_merged_too() -> None:
    labels = {**LABELS, "params": {**LABELS["params"], "json": '{"execution_hint": "map"}'}}

    assert to_request([COUNT, labels], SPAN)["2"]["terms"]["execution_hint"] == "map"


def test_the_newest_documents_value_is_a_metric() -> None:
    params = {"field": "a.b", "aggregate": "concat", "size": 1, "sortField": "@timestamp", "sortOrder": "desc"}
    newest = {"id": "1", "type": "top_hits", "schema": "metric", "params": params}
    hits = [[{"_source": {"a": {"b": "why"}}}], [{"_source": {}}], []]

    asked = to_request([newest], SPAN)["1"]
    rows = [to_table([newest], answer({"1": {"hits": {"hits": each}}}), SPAN).rows for each in hits]

    assert asked == {"top_hits": {"size": 1, "_source": "a.b", "sort": [{"@timestamp": {"order": "desc"}}]}}
    assert rows == [[["why"]], [[None]], [[None]]]
    with pytest.raises(UndrawableError, match="only with one document"):
        to_request([{**newest, "params": {**params, "size": 2}}], SPAN)


REST = {**LABELS["params"], "otherBucket": True, "missingBucket": True, "missingBucketLabel": "no label"}


def test_what_the_first_bucket_leaves_out_is_counted_by_a_second_search() -> None:
    """Not by the number that the engine returns: of lists, that counts each label that was left out."""
    aggs = [COUNT, {**LABELS, "params": REST}, TIME]
    first = answer({"2": {"sum_other_doc_count": 9, "buckets": [{"key": "a", "doc_count": 6, "3": {"buckets": []}}]}})
    bars = {"buckets": [{"key": 5, "doc_count": 4}]}

    asked = other_request(aggs, first, SPAN)["other-filter"]
    second = answer({"other-filter": {"buckets": {"": {"doc_count": 4, "3": bars}}}})

    assert asked["filters"]["filters"][""]["bool"] == {"filter": [], "must_not": [{"match_phrase": {"label": "a"}}]}
    assert asked["aggs"]["3"]["date_histogram"]["field"] == "@timestamp"
    assert to_table(aggs, with_other(aggs, first, second), SPAN).rows == [["Other", 5, 4]]


def test_documents_without_the_field_are_a_row_and_no_part_of_the_rest() -> None:
    aggs = [COUNT, {**LABELS, "params": REST}]
    found = answer({"2": {"buckets": [{"key": "__missing__", "doc_count": 2}, {"key": "a", "doc_count": 1}]}})

    filters = other_request(aggs, found, SPAN)["other-filter"]["filters"]["filters"][""]["bool"]

    assert to_request(aggs, SPAN)["2"]["terms"]["missing"] == "__missing__"
    assert to_table(aggs, found, SPAN).rows == [["no label", 2], ["a", 1]]
    assert filters["filter"] == [{"exists": {"field": "label"}}]


def test_without_other_or_without_results_there_is_no_second_search() -> None:
    assert other_request([COUNT, LABELS], answer({"2": {"buckets": [{"key": "a"}]}}), SPAN) == {}
    assert other_request([COUNT, {**LABELS, "params": REST}], answer({"2": {"buckets": []}}), SPAN) == {}


def test_other_of_an_inner_bucket_is_not_drawn_wrongly() -> None:
    with pytest.raises(UndrawableError, match="only in the first bucket"):
        other_request([COUNT, TIME, {**LABELS, "params": REST}], answer({}), SPAN)


def test_terms_can_be_ordered_by_a_metric_that_is_not_shown() -> None:
    worst = {"id": "x", "type": "max", "schema": "orderAgg", "params": {"field": "rank"}}
    labels = {**LABELS, "params": {**LABELS["params"], "orderBy": "custom", "orderAgg": worst}}

    asked = to_request([COUNT, labels], SPAN)["2"]

    assert asked["terms"]["order"] == {"2-orderAgg": "desc"}
    assert asked["aggs"] == {"2-orderAgg": {"max": {"field": "rank"}}}


def test_a_metric_over_a_filter_of_its_own_is_a_column_of_each_row() -> None:
    named = [{"label": "failed", "input": {"query": "failed : true", "language": "kuery"}}]
    bucket = {"id": "b", "type": "filters", "schema": "bucketAgg", "params": {"filters": named}}
    counted = {"id": "m", "type": "count", "schema": "metricAgg", "params": {}}
    failed = {
        "id": "4",
        "type": "sum_bucket",
        "schema": "metric",
        "params": {"customLabel": "Failed", "customBucket": bucket, "customMetric": counted},
    }

    asked = to_request([COUNT, LABELS, failed], SPAN)["2"]["aggs"]
    rows = to_table(
        [COUNT, LABELS, failed], answer({"2": {"buckets": [{"key": "a", "doc_count": 3, "4": {"value": 1.0}}]}}), SPAN
    ).rows

    assert asked["4"] == {"sum_bucket": {"buckets_path": "4-bucket>_count"}}
    assert asked["4-bucket"]["filters"]["filters"]["failed"]
    assert rows == [["a", 3, 1.0]]


def test_named_filters_are_buckets() -> None:
    filters = {
        "id": "2",
        "type": "filters",
        "schema": "segment",
        "params": {"filters": [{"label": "unsure", "input": {"query": "score < 0.6", "language": "kuery"}}]},
    }

    asked = to_request([COUNT, filters], SPAN)["2"]["filters"]["filters"]
    found = to_table([COUNT, filters], answer({"2": {"buckets": {"unsure": {"doc_count": 3}}}}), SPAN)

    assert asked["unsure"] == {"range": {"score": {"lt": "0.6"}}}
    assert found.rows == [["unsure", 3]]


def test_a_disabled_aggregation_is_left_out() -> None:
    assert to_request([COUNT, {**LABELS, "enabled": False}], SPAN) == {}


@pytest.mark.parametrize("schema", ["metric", "segment"])
def test_an_unknown_aggregation_is_named(schema: str) -> None:
    with pytest.raises(UndrawableError, match=r"the preview does not know the (metric|bucket) 'geohash_grid'"):
        to_request([{"id": "1", "type": "geohash_grid", "schema": schema, "params": {}}], SPAN)
