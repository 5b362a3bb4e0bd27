"""A template of somebody else's with a higher priority does not decide how predictions are mapped."""

from opensearchpy import OpenSearch

from dashboards.importer.connection import Connection
from dashboards.importer.indices import put_index_templates
from stacks.constructs.index_templates import index_templates


def test_scores_stay_fractions_where_somebody_maps_them_as_whole_numbers(search: OpenSearch, engine_url: str) -> None:
    mapping = {"properties": {"prediction": {"properties": {"score": {"type": "integer"}}}}}
    theirs = {"index_patterns": ["cwl*"], "priority": 500, "template": {"mappings": mapping}}
    search.indices.put_index_template(name="theirs", body=theirs)
    try:
        put_index_templates(Connection("OpenSearch", engine_url, None, {}), index_templates(1))

        made = search.transport.perform_request("POST", "/_index_template/_simulate_index/cwl-2026.12.01")["template"]
        assert made["mappings"]["properties"]["prediction"]["properties"]["score"]["type"] == "double"
    finally:
        search.indices.delete_index_template(name="theirs")


def test_requests_latencies_and_scores_are_found_without_an_index_of_their_own(search: OpenSearch) -> None:
    document = {
        "request_id": "r-1",
        "latency_ms": 7.5,
        "prediction": {"label": "a", "score": 0.25},
        "text": "hello you",
    }
    search.index(index="cwl-2026.10.01", id="1", body=document, refresh=True)
    queries = (
        {"term": {"request_id": "r-1"}},
        {"match_phrase": {"request_id": "r-1"}},
        {"range": {"latency_ms": {"gt": 7, "lt": 8}}},
        {"range": {"prediction.score": {"lte": 0.25}}},
        {"query_string": {"query": "hello"}},
        {"multi_match": {"query": "r-1", "lenient": True, "type": "best_fields"}},
        {"ids": {"values": ["1"]}},
    )

    assert [search.count(index="cwl-*", body={"query": each})["count"] for each in queries] == [1] * len(queries)
