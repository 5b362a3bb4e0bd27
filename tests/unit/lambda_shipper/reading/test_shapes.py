"""What stands under `prediction`, and the fields that the index gets of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.labels import MOST_CHARACTERS, label_of
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.shapes import shape

SPAM = {"label": "spam", "score": 0.93}
BOTH = [{"label": "spam", "score": 0.93}, {"label": "ham", "score": 0.07}]
TAGS = [{"label": "cat", "score": 0.93}, {"label": "dog", "score": 0.8}]
BY_POSITION = [{"label": "0", "score": 0.07}, {"label": "1", "score": 0.93}]


@pytest.mark.parametrize(
    ("logged", "fields"),
    [
        ("spam", {"label": "spam"}),
        (" spam\n", {"label": "spam"}),
        (True, {"label": "true"}),
        (None, {}),
        (SPAM, SPAM),
        ({"label": "spam", "score": "0.93"}, SPAM),
        ({"label": "spam", "score": None}, {"label": "spam", "score": None}),
        ({"label": ["spam"], "score": [0.93]}, SPAM),
        ({"label": 1}, {"label": "1"}),
        ({"label": 1.0}, {"label": "1"}),
        ({"label": "1.0"}, {"label": "1"}),
        ({"label": -0.0}, {"label": "0"}),
        ({"label": 2.5}, {"label": "2.5"}),
        ({"label": False}, {"label": "false"}),
        ({"label": "007"}, {"label": "007"}),
        ({"label": "spam", "why": {"words": 3}}, {"label": "spam", "why": {"words": 3}}),
        ('{"label": "spam", "score": 0.93}', SPAM),
        ('"spam"', {"label": "spam"}),
        ('["setosa"]', {"label": "setosa"}),
        ('"{\\"label\\": \\"spam\\"}"', {"label": "spam"}),
        ("[no JSON", {"label": "[no JSON"}),
        ({"value": "spam"}, {"label": "spam"}),
        ({"labels": "spam"}, {"label": "spam"}),
        ({"positive": 0.9}, {"positive": 0.9}),
        ({"score": 0.5}, {"score": 0.5}),
    ],
)
def test_classification(logged: Any, fields: Any) -> None:
    assert shape(logged) == (fields, [])


@pytest.mark.parametrize(
    ("logged", "value"),
    [
        (118.3, 118.3),
        (2, 2),
        ("0.9342", 0.9342),
        ("0.9342\n", 0.9342),
        ("-1e3", -1000.0),
        ([[0.93]], 0.93),
        ("[2]", 2),
        ({"value": 3.5}, 3.5),
        ({"value": "3.5"}, 3.5),
        ({"value": [3.5]}, 3.5),
        ([118.3, 2], [118.3, 2]),
        ([[0.1], [0.2]], [0.1, 0.2]),
        ({"value": [1, 2]}, [1, 2]),
        ([{"value": 1}, {"value": 2}], [1, 2]),
    ],
)
def test_regression(logged: Any, value: Any) -> None:
    assert shape(logged) == ({"value": value}, [])


@pytest.mark.parametrize("text", ["007", "nan", "1e", "0x10", "1_000", "Infinity", "1e999", "+1", ".5", "true", ""])
def test_text_that_is_no_number_of_json_is_a_label(text: str) -> None:
    assert shape(text) == ({"label": text}, [])


@pytest.mark.parametrize(
    ("logged", "fields"),
    [
        (BOTH, {**SPAM, "scores": BOTH}),
        ([BOTH], {**SPAM, "scores": BOTH}),
        ([[each] for each in BOTH], {**SPAM, "scores": BOTH}),
        ([0.07, 0.93], {"label": "1", "score": 0.93, "scores": BY_POSITION}),
        ("[0.07, 0.93]", {"label": "1", "score": 0.93, "scores": BY_POSITION}),
        ([[0.07, 0.93]], {"label": "1", "score": 0.93, "scores": BY_POSITION}),
        (["0.07", "0.93"], {"label": "1", "score": 0.93, "scores": BY_POSITION}),
        ({"scores": [0.07, 0.93]}, {"label": "1", "score": 0.93, "scores": BY_POSITION}),
        ({"label": ["spam", "ham"], "score": [0.93, 0.07]}, {**SPAM, "scores": BOTH}),
        ({"labels": ["spam", "ham"], "scores": [0.93, 0.07]}, {**SPAM, "scores": BOTH}),
        ([["spam", "ham"], [0.93, 0.07]], {**SPAM, "scores": BOTH}),
        ({"label": "spam", "score": [0.07, 0.93]}, {**SPAM, "scores": BY_POSITION}),
        ([["__label__spam"], [0.93]], {"label": "__label__spam", "score": 0.93}),
        (["spam", 0.93], SPAM),
        (
            [["n02124075", "Egyptian_cat", 0.93], ["n02123159", "tiger_cat", 0.04]],
            {
                "label": "Egyptian_cat",
                "score": 0.93,
                "scores": [{"label": "Egyptian_cat", "score": 0.93}, {"label": "tiger_cat", "score": 0.04}],
            },
        ),
    ],
)
def test_one_distribution_is_its_best_label_and_the_whole_is_kept(logged: Any, fields: Any) -> None:
    assert shape(logged) == (fields, [])


@pytest.mark.parametrize(
    ("logged", "fields"),
    [
        (["a", "b"], {"labels": ["a", "b"]}),
        ([None, "a", True], {"labels": ["a", "true"]}),
        ([], {"labels": []}),
        (TAGS, {"labels": ["cat", "dog"], "scores": TAGS}),
        ([{"label": "a"}, {"label": "b"}], {"labels": ["a", "b"]}),
        ({"labels": [1, 2.0]}, {"labels": ["1", "2"]}),
        ({"labels": ["a"]}, {"labels": ["a"]}),
        ({"labels": TAGS}, {"labels": ["cat", "dog"], "scores": TAGS}),
        ({"labels": ["cat", "dog"], "scores": [0.93, 0.8]}, {"labels": ["cat", "dog"], "scores": TAGS}),
        ({"labels": '["a", "b"]'}, {"labels": ["a", "b"]}),
        ({"label": ["a", "b"]}, {"labels": ["a", "b"]}),
        ({"label": "a", "labels": ["a", 1]}, {"label": "a", "labels": ["a", "1"]}),
    ],
)
def test_several_labels_at_once(logged: Any, fields: Any) -> None:
    assert shape(logged) == (fields, [])


@pytest.mark.parametrize("total", [0.98, 1.02])
def test_scores_that_are_not_one_together_are_no_distribution(total: float) -> None:
    fields, _ = shape([{"label": "a", "score": total - 0.3}, {"label": "b", "score": 0.3}])

    assert fields["labels"] == ["a", "b"]
    assert "label" not in fields


@pytest.mark.parametrize(
    ("logged", "fields", "left_out"),
    [
        ({"label": "a", "score": "high"}, {"label": "a"}, ["score"]),
        ({"label": "a", "score": True}, {"label": "a"}, ["score"]),
        ({"label": "a", "score": {"a": 1}}, {"label": "a"}, ["score"]),
        ({"label": "a", "value": {"a": 1}}, {"label": "a"}, ["value"]),
        ({"label": {"a": 1}, "value": 1}, {"value": 1}, ["label"]),
    ],
)
def test_own_field_that_makes_no_sense_is_left_out(logged: Any, fields: Any, left_out: list[str]) -> None:
    assert shape(logged) == (fields, left_out)


@pytest.mark.parametrize("logged", [[[0.1, 0.9], [0.8, 0.2]], [{"a": 1}, {"b": 2}], [1, "a", {"b": 2}], [[[]], 1]])
def test_list_without_a_meaning_is_an_unknown_shape(logged: Any) -> None:
    with pytest.raises(UnknownShapeError) as caught:
        shape(logged)

    assert caught.value.reason == "unknown_shape"


@pytest.mark.parametrize(
    "text",
    [
        "{'label': 'a', 'score': 0.9}",
        "[{'label': 'a'}]",
        "[('a', 0.9)]",
        "('a', 0.9)",
        "{0: 0.1, 1: 0.9}",
        "[0.1 0.9]",
        "[[0.1 0.9]]",
        "array([0.1, 0.9])",
        "OrderedDict([('label', 'a')])",
        "Prediction(label='a', score=0.9)",
        'Prediction { label: "a" }',
        "Prediction[label=a, score=0.9]",
        "{label=a, score=0.9}",
        "map[label:a score:0.9]",
        "&{Label:a}",
        '#<struct Prediction label="a">',
        "label=a score=0.9",
        '{"label": "a", "sco',
    ],
)
def test_text_that_is_a_printed_object_is_no_label(text: str) -> None:
    """Each score would make a label of its own."""
    with pytest.raises(UnknownShapeError) as raised:
        shape(text)

    assert raised.value.reason == "not_json"


@pytest.mark.parametrize(
    "text", ["refund (score: high)", "[PERSON]", "{name}", "(1) refund", "[1] refund", "<unk>", "a=b", "f(x)", "a: b"]
)
def test_label_with_brackets_or_colons_is_a_label(text: str) -> None:
    assert shape(text) == ({"label": text}, [])


def test_label_of_any_length_has_a_short_form_of_its_own() -> None:
    long = [label_of("L" * 1000 + str(number)) for number in range(100)]

    assert len(set(long)) == 100
    assert max(map(len, long)) <= MOST_CHARACTERS
    assert label_of("L" * 10_000) == label_of("L" * 10_000)
    assert label_of(10**400) == label_of(10**400)


@pytest.mark.parametrize(
    ("logged", "fields"),
    [
        ({"labels": [None], "label": False}, {"labels": None, "label": "false"}),
        ({"label": None, "score": [None]}, {"label": None, "score": None}),
        ({"label": [None]}, {"label": None}),
        ({"label": [[None]], "score": 0.5}, {"label": None, "score": 0.5}),
    ],
)
def test_a_list_of_nothing_is_nothing(logged: Any, fields: Any) -> None:
    assert shape(logged) == (fields, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["label", "labels", "score", "scores", "value", "id", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_value_has_a_shape_of_the_index_s_types_or_is_unknown(logged: Any) -> None:
    try:
        fields, _ = shape(logged)
    except UnknownShapeError:
        return

    number = (int, float)
    assert isinstance(fields.get("label"), str | None)
    assert fields.get("score") is None or type(fields["score"]) in number
    value = fields.get("value")
    assert value is None or all(type(each) in number for each in (value if isinstance(value, list) else [value]))
    assert all(isinstance(each, str) for each in fields.get("labels") or [])
