"""The search box against a real OpenSearch: which documents each kind of query finds."""

import pytest

from dashboards.preview.kql import to_query
from tests.local.dashboards.parts import Events

DOCUMENTS = {
    "cat": ("The cat sleeps.", "a", 0.9),
    "dog": ("The dog (a big one) barks.", "b", 0.5),
    "both": ("A cat and a dog: friends?", "c", 0.7),
    "path": ("Open /aws/lambda/x now.", "c d", 0.1),
}


@pytest.fixture
def filled(events: Events) -> Events:
    for name, (text, label, score) in DOCUMENTS.items():
        events.send(text, label, score, name=name)
    return events


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("name : cat or name : dog and name : path", {"cat"}),
        ("name : cat and name : dog or name : path", {"path"}),
        ("(name : cat or name : dog) and prediction.score > 0.6", {"cat"}),
        ("not name : cat and prediction.score < 0.6", {"dog", "path"}),
        ("not (name : cat or name : dog)", {"both", "path"}),
        ("name : (cat or dog and path)", {"cat"}),
        ("text : (cat and not dog)", {"cat"}),
        ("text : cat dog", {"cat", "dog", "both"}),
        ('text : "cat and a dog"', {"both"}),
        ("prediction.label.keyword : c d", {"path"}),
        ("prediction.label.keyword : c*", {"both", "path"}),
        ("prediction.label.keyword : *", set(DOCUMENTS)),
        ("NOT prediction.label.keyword : C", set(DOCUMENTS)),
        ("friends\\?", {"both"}),
        ("text : \\(a big one\\)", set(DOCUMENTS) - {"cat", "path"}),
        ("text : slee*", {"cat"}),
        ("prediction.score >= 0.5 and prediction.score <= 0.7", {"dog", "both"}),
        ("*lambda*", {"path"}),
    ],
)
def test_a_query_finds_what_it_finds_in_dashboards(filled: Events, typed: str, found: set[str]) -> None:
    query = {"bool": {"filter": [to_query(filled.query), to_query(typed)]}}

    hits = filled.engine.search(index="cwl-*", body={"query": query})["hits"]["hits"]

    assert {hit["_source"]["name"] for hit in hits} == found
