"""The search box's language."""

import pytest

from dashboards.preview.kql import to_query


@pytest.mark.parametrize(
    ("typed", "lucene"),
    [
        ("cat", "cat"),
        ("text : cat and prediction.score < 0.6", "text:cat AND prediction.score:<0.6"),
        ("prediction.score >= 0.5 or not text:dog", "prediction.score:>=0.5 OR NOT text:dog"),
        ("not shipper.kept_raw.reason : *", "NOT shipper.kept_raw.reason:*"),
        ('text : "the cat and the dog"', 'text:"the cat and the dog"'),
        ('@log_group.keyword : "/aws/lambda/a"', '@log_group.keyword:"/aws/lambda/a"'),
        ("text : (cat or dog)", "text:( cat OR dog )"),
        ("/aws/lambda/a", "\\/aws\\/lambda\\/a"),
        ("what?! [no]", "what\\?\\! \\[no\\]"),
        ("un*", "un*"),
    ],
)
def test_what_a_person_types_becomes_lucene(typed: str, lucene: str) -> None:
    assert to_query(typed) == {"query_string": {"query": lucene, "default_operator": "AND", "lenient": True}}


def test_an_empty_box_asks_for_everything() -> None:
    assert to_query("  ") is None


def test_lucene_is_left_as_it_is() -> None:
    assert to_query("a:[1 TO 2]", "lucene") == {
        "query_string": {"query": "a:[1 TO 2]", "default_operator": "AND", "lenient": True}
    }
