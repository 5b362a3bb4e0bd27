"""Everything that a document is looked up by is found, also by fields that have no index of their own."""

from opensearchpy import OpenSearch


def test_requests_latencies_and_scores_are_found_without_an_index_of_their_own(search: OpenSearch) -> None:
    document = {
        "request_id": "r-1",
        "latency_ms": 7.5,
        "prediction": {"label": "a", "score": 0.25},
        "text": "hello you",
        "@message": '{"text": "hello you"}',
    }
    search.index(index="cwl-2026.10.01", id="1", body=document, refresh=True)
    queries = (
        {"term": {"request_id": "r-1"}},
        {"match_phrase": {"request_id": "r-1"}},
        {"range": {"latency_ms": {"gt": 7, "lt": 8}}},
        {"range": {"prediction.score": {"lte": 0.25}}},
        {"query_string": {"query": "hello"}},
        {"multi_match": {"query": "r-1", "lenient": True, "type": "best_fields"}},
        {"match": {"@message": "you"}},
        {"match_phrase": {"@message": "hello you"}},
        {"query_string": {"query": '@message:"text hello"'}},
        {"ids": {"values": ["1"]}},
    )

    assert [search.count(index="cwl-*", body={"query": each})["count"] for each in queries] == [1] * len(queries)
