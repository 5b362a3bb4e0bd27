"""Names, printouts and settings: what real libraries print beside the lines of `tests/lines`."""

import json
from typing import Any

import pytest

from lambda_shipper.checking import check
from lambda_shipper.config import Config

PLUMBING = {"label": "plumbing", "score": 0.91}


def read(line: Any, **settings: Any) -> Any:
    text = line if isinstance(line, str) else json.dumps(line)
    [made] = check(text, Config(opensearch_url="http://127.0.0.1:9", **settings))
    return made.document["shipper"]["kept_raw"]["reason"] if made.is_raw else made.document["prediction"]


@pytest.mark.parametrize(
    "line",
    [
        {"prediction": "plumbing", "score": 0.91},
        {"prediction": "plumbing", "confidence": "np.float32(0.91)"},
        {"prediction": {"Category": "plumbing", "ConfidenceScore": 0.91}},
        {"prediction": {"class": "plumbing"}, "Probability": 0.91},
        {"prediction": {"intent": {"name": "plumbing", "confidence": 0.91}}},
        {"prediction": 0.91, "label": "plumbing"},
        {"prediction": {"Ok": {"Classified": PLUMBING}}},
        {
            "message": "predicted",
            "attributes": [{"key": "prediction", "value": "plumbing"}, {"key": "score", "value": 0.91}],
        },
        {"short_message": "predicted", "_prediction": "plumbing", "_score": 0.91},
        'at=info msg="it is done" prediction="{\\"label\\": \\"plumbing\\", \\"score\\": 0.91}"',
        '2026-01-02T03:04:05Z  INFO desk: predicted prediction={"label": "plumbing", "score": 0.91}',
    ],
)
def test_label_and_score_are_found_under_other_names_and_beside(line: Any) -> None:
    assert read(line) == PLUMBING


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ({"prediction": {"label": "a", "class": "b", "score": 0.5, "probability": 0.9}}, {"label": "a", "score": 0.5}),
        ({"prediction": {"label": "a", "score": 0.5}, "score": 0.9}, {"label": "a", "score": 0.5}),
        ({"prediction": 118.3, "confidence": 0.9}, {"value": 118.3}),
        ({"prediction": 1, "probability": 0.9}, {"label": "1", "score": 0.9}),
        ({"prediction": {"yhat": 3.5}}, {"value": 3.5}),
        ({"prediction": "np.True_", "confidence": 0.8}, {"label": "true", "score": 0.8}),
        ({"prediction": "tensor([0.91], device='cuda:0')"}, {"value": 0.91}),
        ({"prediction": "<tf.Tensor: shape=(), dtype=float32, numpy=0.91>"}, {"value": 0.91}),
        ({"prediction": "[2.]"}, {"value": 2.0}),
        ({"prediction": {"label": "True", "score": "tensor(0.5)"}}, {"label": "true", "score": 0.5}),
        ({"prediction": [0.1, 0.9], "classes": ["a", "b"]}, {"label": "b", "score": 0.9}),
        ({"prediction": {"neg": 0.0, "neu": 1.0, "pos": 0.0, "compound": 0.0}}, {"label": "neu", "compound": 0.0}),
        ({"prediction": {"a": [0.9], "b": [0.1]}}, {"label": "a", "score": 0.9}),
        ({"prediction": [{"label": "person"}]}, {"labels": ["person"]}),
        ({"prediction": []}, {"labels": []}),
        ({"prediction": [{"label": "cat", "score": 0.9, "box": [1, 2]}]}, {"labels": ["cat"]}),
        ({"prediction": {"labels": ["a"], "scores": [0.9]}}, {"labels": ["a"]}),
    ],
)
def test_answer_is_decided_by_the_whole_object(line: Any, answer: dict[str, Any]) -> None:
    assert read(line).items() >= answer.items()


@pytest.mark.parametrize(
    "text",
    [
        "[object Object]",
        "Prediction@1b28cdfa",
        "<__main__.P object at 0x7f3b2c1d0e50>",
        "Map(1) { 'a' => 1 }",
        "[0.1 0.9]",
    ],
)
def test_printed_object_is_no_label(text: str) -> None:
    assert read({"prediction": text}) == "not_json"


@pytest.mark.parametrize("line", ["{ text: 'a', prediction: [Object] }", "{ prediction: Map(2) { 'label' => 'a' } }"])
def test_nothing_with_a_prediction_in_it_goes_without_a_word(line: str) -> None:
    assert read(f"2026-01-02T03:04:05.678Z\tr-1\tINFO\t{line}") == "not_json"


@pytest.mark.parametrize(
    ("means", "items", "answer"),
    [
        ("values", [0.1, 0.9], {"value": [0.1, 0.9]}),
        ("classes", [1, 0], {"label": "0", "score": 1}),
        ("labels", [1, 0, 1], {"labels": ["0", "2"]}),
        ("labels", [{"label": "a", "score": 0.9}], {"labels": ["a"]}),
        ("labels", ["a"], {"labels": ["a"]}),
        ("classes", [{"label": "a"}], {"label": "a"}),
        ("/aws/lambda/other:values", [0.1, 0.9], {"label": "1", "score": 0.9}),
    ],
)
def test_a_setting_says_what_a_list_means(means: str, items: Any, answer: dict[str, Any]) -> None:
    assert read({"prediction": items}, list_means=(means,)).items() >= answer.items()


def test_own_names_are_settings() -> None:
    line = {"prediction": {"kind": "plumbing", "Certainty": 0.91}}

    assert read(line, label_fields=("kind",), score_fields=("certainty",)) == PLUMBING


def test_no_class_of_a_map_becomes_a_field_of_the_index() -> None:
    assert read({"prediction": {"urgent": 0.97, "plumbing": 0.88}}).keys() == {"scores"}


def test_a_loggers_formatted_line_is_not_the_text() -> None:
    record = {"message": "predicted", "extra": {"prediction": PLUMBING}}

    [made] = check(json.dumps({"text": "2026-01-02 | INFO - predicted\n", "record": record}))

    assert "text" not in made.document
