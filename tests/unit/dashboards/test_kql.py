"""The search box's language, as Dashboards turns it into OpenSearch queries."""

from typing import Any

import pytest

from dashboards.preview.kql import KqlError, to_query


def any_of(*queries: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def all_of(*queries: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": list(queries)}}


def none_of(query: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"must_not": [query]}}


def match(field: str, value: str) -> dict[str, Any]:
    return {"match": {field: value}}


def anywhere(value: str, kind: str = "best_fields", **fields: list[str]) -> dict[str, Any]:
    return {"multi_match": {"type": kind, **fields, "query": value, "lenient": True}}


A, B, C, D = (match("f", name) for name in "abcd")
X, Y, Z = (anywhere(name) for name in "xyz")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("f:a or f:b and f:c", any_of(A, all_of(B, C))),
        ("f:a and f:b or f:c", any_of(all_of(A, B), C)),
        ("f:a and f:b or f:c and f:d", any_of(all_of(A, B), all_of(C, D))),
        ("f:a or f:b or f:c", any_of(A, B, C)),
        ("f:a and f:b and f:c", all_of(A, B, C)),
        ("(f:a or f:b) and f:c", all_of(any_of(A, B), C)),
        ("f:a and (f:b or f:c)", all_of(A, any_of(B, C))),
        ("((f:a)) or (f:b and (f:c or f:d))", any_of(A, all_of(B, any_of(C, D)))),
        ("not f:a or f:b", any_of(none_of(A), B)),
        ("not f:a and f:b", all_of(none_of(A), B)),
        ("not (f:a or f:b) and f:c", all_of(none_of(any_of(A, B)), C)),
        ("f:a and not f:b", all_of(A, none_of(B))),
        ("not (not f:a)", none_of(none_of(A))),
        ("f:a OR f:b AnD NOT f:c", any_of(A, all_of(B, none_of(C)))),
        ("x or y and z", any_of(X, all_of(Y, Z))),
        ("x or or y", any_of(X, anywhere("or y"))),
        ("  ( x )  or\ty ", any_of(X, Y)),
    ],
)
def test_and_binds_more_tightly_than_or_and_not_more_tightly_than_both(typed: str, query: dict[str, Any]) -> None:
    assert to_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("f:(a or b and c)", any_of(A, all_of(B, C))),
        ("f : ( (a or b) and not c )", all_of(any_of(A, B), none_of(C))),
        ("not f:(a or b)", none_of(any_of(A, B))),
        ('f:("a" or b)', any_of({"match_phrase": {"f": "a"}}, B)),
        ("f:(a) and f:b", all_of(A, B)),
    ],
)
def test_a_field_takes_several_values_in_parentheses(typed: str, query: dict[str, Any]) -> None:
    assert to_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("cat", anywhere("cat")),
        ("the cat", anywhere("the cat")),
        ('"the cat"', anywhere("the cat", "phrase")),
        ("text : the cat", match("text", "the cat")),
        ('text : "the cat and (the) dog: *"', {"match_phrase": {"text": "the cat and (the) dog: *"}}),
        ('@log_group.keyword : "/aws/lambda/a"', {"match_phrase": {"@log_group.keyword": "/aws/lambda/a"}}),
        ('"a field":b', match("a field", "b")),
        ("/aws/lambda/a", anywhere("/aws/lambda/a")),
        ("what?! [no] + -1", anywhere("what?! [no] + -1")),
        ("Fluß 😀", anywhere("Fluß 😀")),
        ("oreo android nothing", anywhere("oreo android nothing")),
        ("cannot do", anywhere("cannot do")),
        ("or", anywhere("or")),
        ("a\u2028b", anywhere("a\u2028b")),
    ],
)
def test_values_are_words_or_phrases(typed: str, query: dict[str, Any]) -> None:
    assert to_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("un*", {"query_string": {"query": "un*"}}),
        ("*", {"query_string": {"query": "*"}}),
        ("f:un*a*", {"query_string": {"fields": ["f"], "query": "un*a*"}}),
        ("f:a/b*", {"query_string": {"fields": ["f"], "query": "a\\/b*"}}),
        ("f:*", {"exists": {"field": "f"}}),
        ("not f : *", none_of({"exists": {"field": "f"}})),
        ("f:(* and a)", all_of({"exists": {"field": "f"}}, A)),
        ("*:*", {"match_all": {}}),
        ("prediction.*:a", anywhere("a", fields=["prediction.*"])),
        ('prediction.*:"a b"', anywhere("a b", "phrase", fields=["prediction.*"])),
        ('f:"un*"', {"match_phrase": {"f": "un*"}}),
        (r"f:un\*", match("f", "un*")),
    ],
)
def test_a_star_is_a_wildcard_unless_it_is_quoted_or_escaped(typed: str, query: dict[str, Any]) -> None:
    assert to_query(typed) == query


@pytest.mark.parametrize(
    ("typed", "operator", "value"),
    [
        ("n < 0.6", "lt", "0.6"),
        ("n<=-1", "lte", "-1"),
        ("n > 5", "gt", "5"),
        ("n>= now-1h", "gte", "now-1h"),
        ('n >= "2026-11-22T08:00"', "gte", "2026-11-22T08:00"),
    ],
)
def test_a_range_compares_a_field(typed: str, operator: str, value: str) -> None:
    assert to_query(typed) == {"range": {"n": {operator: value}}}
    assert to_query(f"{typed} or f:a") == any_of({"range": {"n": {operator: value}}}, A)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (r"a\:b", "a:b"),
        (r"\(a\)", "(a)"),
        (r"\{a\}", "{a}"),
        (r"a \or b", "a or b"),
        (r"a \AND b", "a AND b"),
        (r"\not a", "not a"),
        (r"a\\b", "a\\b"),
        (r"\"a", '"a'),
        (r"a\tb", "a\tb"),
        (r"caf\u00e9", "café"),
        (r"a\z", r"a\z"),
    ],
)
def test_a_backslash_escapes_special_characters_and_the_three_words(typed: str, value: str) -> None:
    assert to_query(typed) == anywhere(value)


def test_a_quotation_mark_in_a_phrase_is_escaped() -> None:
    assert to_query(r'f:"say \"a\" \\"') == {"match_phrase": {"f": 'say "a" \\'}}


@pytest.mark.parametrize(
    ("typed", "position", "problem"),
    [
        ("f : (", 6, "a field or a value is missing"),
        ("(f:a", 5, "a closing parenthesis is missing"),
        ("f:a)", 4, "')' was not expected here"),
        ('f:"a', 5, "a closing quotation mark is missing"),
        ("f:", 3, "a field or a value is missing"),
        (": a", 1, "a field or a value is missing"),
        ("a:b:c", 4, "':' was not expected here"),
        ("n > ", 4, "a field or a value is missing"),
        ("n > 5*", 7, "without *"),
        ("a { b:1 }", 3, "'{' was not expected here"),
        ("a:{ b:1 }", 3, "nested fields are not supported"),
        ("a:b not c", 5, "'n' was not expected here"),
        ("(" * 60, 52, "more than 50 parentheses are open"),
    ],
)
def test_a_text_that_is_not_kql_is_refused_with_the_place(typed: str, position: int, problem: str) -> None:
    with pytest.raises(KqlError) as raised:
        to_query(typed)

    assert f"cannot be parsed at character {position}: " in str(raised.value)
    assert problem in str(raised.value)


def test_an_empty_box_asks_for_everything() -> None:
    assert to_query("  ") is None


def test_lucene_is_left_as_it_is() -> None:
    assert to_query("a:[1 TO 2]", "lucene") == {"query_string": {"query": "a:[1 TO 2]", "analyze_wildcard": True}}
