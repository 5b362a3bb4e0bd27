"""Replies and frames of several rows are several predictions, each with an id of its own."""

import json
from typing import Any

import pytest

from tests.written import written

TWO = [{"label": "a", "score": 0.9}, {"label": "b", "score": 0.8}]


def made(prediction: Any, **beside: Any) -> list[Any]:
    return written([json.dumps({"prediction": prediction, **beside})])


@pytest.mark.parametrize(
    "reply",
    [
        {"predictions": TWO},
        {"columns": ["label", "score"], "index": [0, 1], "data": [["a", 0.9], ["b", 0.8]]},
        {"label": {"0": "a", "1": "b"}, "score": {"0": 0.9, "1": 0.8}},
        {"0": TWO[0], "1": TWO[1]},
        {"schema": {"fields": []}, "data": TWO},
        json.dumps({"predictions": TWO}),
    ],
)
def test_rows_of_a_reply_are_predictions(reply: Any) -> None:
    first, second = made(reply, request_id="r-1")

    assert [first.document["prediction"], second.document["prediction"]] == TWO
    assert second.target["_id"] == first.target["_id"] + "-2"


@pytest.mark.parametrize(
    ("reply", "answers"),
    [
        ({"predictions": [118.2, 3.4]}, [{"value": 118.2}, {"value": 3.4}]),
        ({"predictions": ["a", "b"]}, [{"label": "a"}, {"label": "b"}]),
        (
            {"outputs": [{"name": "p", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]}]},
            [{"label": "a"}, {"label": "b"}],
        ),
        ([{"predict": 1.5}, {"predict": 2.5}], [{"value": 1.5}, {"value": 2.5}]),
        ([{"ds": "1", "yhat": 1.5}, {"ds": "2", "yhat": 2.5}], [{"ds": "1", "value": 1.5}, {"ds": "2", "value": 2.5}]),
    ],
)
def test_rows_are_read_as_what_they_are(reply: Any, answers: list[Any]) -> None:
    assert [each.document["prediction"] for each in made(reply)] == answers


@pytest.mark.parametrize(
    "rows",
    [
        [[0.1, 0.9], [0.8, 0.2]],
        [{"0": 0.1, "1": 0.9}, {"0": 0.8, "1": 0.2}],
        {"outputs": [{"name": "p", "shape": [2, 2], "datatype": "FP32", "data": [0.1, 0.9, 0.8, 0.2]}]},
        {"cpuData": {"0": 0.1, "1": 0.9, "2": 0.8, "3": 0.2}, "dims": [2, 2], "type": "float32"},
    ],
)
def test_rows_of_probabilities_are_distributions(rows: Any) -> None:
    assert [each.document["prediction"]["label"] for each in made(rows)] == ["1", "0"]


def test_each_row_has_its_own_text_and_id() -> None:
    first, second = made({"predictions": ["a", "b"]}, prediction_id="p", text=["one", "two"])

    assert [(each.document["text"], each.document["prediction_id"]) for each in (first, second)] == [
        ("one", "p"),
        ("two", "p-2"),
    ]


@pytest.mark.parametrize("answer", [TWO, ["a", "b"], [118.2, 3.4], [0.1, 0.9], [{"value": 1}, {"value": 2}]])
def test_a_list_that_may_be_one_answer_is_one_prediction(answer: Any) -> None:
    assert len(made(answer)) == 1
