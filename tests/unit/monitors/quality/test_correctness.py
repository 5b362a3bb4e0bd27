"""How right one prediction was, whatever shape it and its actual have."""

from typing import Any

import pytest

from monitors.quality.correctness import IncomparableError, Reason, compare

LABEL = {"label": "spam", "score": 0.9}


@pytest.mark.parametrize(
    ("actual", "prediction", "correct"),
    [
        ({"label": "spam"}, LABEL, 1),
        ({"label": "ham"}, LABEL, 0),
        ({"value": 1}, {"label": "1"}, 1),
        ({"value": 1.0}, {"label": "1"}, 1),
        ({"value": -0.0}, {"label": "0"}, 1),
        ({"value": 2.5}, {"label": "2.5"}, 1),
        ({"labels": ["b", "a"]}, {"labels": ["a", "b"]}, 1),
        ({"label": "a"}, {"labels": ["a"]}, 1),
        ({"label": "a"}, {"labels": ["a", "b"]}, 0),
        ({"labels": []}, {"labels": []}, 1),
        ({"value": 1}, {"label": "true"}, 1),
        ({"value": 0}, {"label": "false"}, 1),
        ({"value": 0.0}, {"label": "true"}, 0),
        ({"label": "1"}, {"label": "true"}, 1),
        ({"label": "true"}, {"label": "1"}, 1),
        ({"label": "false"}, {"label": "0"}, 1),
        ({"label": "true"}, {"label": "7"}, 0),
        ({"label": "true"}, {"label": "yes"}, 0),
        ({"value": 1}, {"label": "unknown"}, 0),
    ],
)
def test_a_label_is_right_or_wrong(actual: dict[str, Any], prediction: dict[str, Any], correct: int) -> None:
    assert compare(actual, prediction, 0.1)["correct"] == correct


@pytest.mark.parametrize(
    ("actual", "prediction", "label"),
    [
        ({"value": 0}, {"label": "true"}, "false"),
        ({"label": "1"}, {"label": "false"}, "true"),
        ({"label": "false"}, {"label": "7"}, "0"),
        ({"label": "2"}, {"label": "true"}, "2"),
    ],
)
def test_booleans_and_numbers_are_one_class_in_the_notation_of_the_model(
    actual: dict[str, Any], prediction: dict[str, Any], label: str
) -> None:
    assert compare(actual, prediction, 0.1)["actual"] == {"label": label}


@pytest.mark.parametrize(
    ("actual", "prediction", "correct", "overlap"),
    [
        ({"labels": ["spam", "late"]}, LABEL, 0, 0.5),
        ({"label": "spam"}, LABEL, 1, 1.0),
        ({"labels": []}, LABEL, 0, 0.0),
        ({"label": "late"}, {"labels": []}, 0, 0.0),
    ],
)
def test_a_single_label_is_a_set_of_one_where_the_model_has_several(
    actual: dict[str, Any], prediction: dict[str, Any], correct: int, overlap: float
) -> None:
    row = compare(actual, prediction, 0.1, has_several=True)

    assert (row["task"], row["correct"], row["overlap"]) == ("multi-label", correct, overlap)


@pytest.mark.parametrize("score", [None, -0.1, 1.2, True, "0.9", float("nan")])
def test_a_score_that_is_no_confidence_is_left_out_and_the_row_counts(score: Any) -> None:
    row = compare({"label": "spam"}, {"label": "spam", "score": score}, 0.1)

    assert row["correct"] == 1
    assert "confidence" not in row


@pytest.mark.parametrize(
    ("actual", "prediction", "reason"),
    [
        ({"value": 3.5}, {"labels": ["a"]}, Reason.OTHER_KIND),
        ({"labels": ["a"]}, LABEL, Reason.OTHER_KIND),
        ({"label": "high"}, {"value": 3.5}, Reason.OTHER_KIND),
        ({"label": "nan"}, {"value": 3.5}, Reason.OTHER_KIND),
        ({"label": "1_000"}, {"value": 1000}, Reason.OTHER_KIND),
        ({"label": "٣"}, {"value": 3}, Reason.OTHER_KIND),
        ({"label": "1٣"}, {"value": 13}, Reason.OTHER_KIND),
        ({"value": 0.15}, LABEL, Reason.OTHER_KIND),
        ({"value": 0.15}, {"label": "1"}, Reason.OTHER_KIND),
        ({"value": [1, 2]}, {"value": 3.5}, Reason.OTHER_KIND),
        ({"value": [1, 2]}, {"value": [1, 2, 3]}, Reason.OTHER_KIND),
        ({"value": -1.7e308}, {"value": 1.7e308}, Reason.TOO_LARGE),
        ({"value": [0, 1e200]}, {"value": [0, 0]}, Reason.TOO_LARGE),
        ({"label": "spam"}, {"score": 0.7}, Reason.NO_ANSWER),
        ({"label": "spam"}, None, Reason.NO_ANSWER),
    ],
)
def test_what_cannot_be_compared_says_why(actual: dict[str, Any], prediction: Any, reason: Reason) -> None:
    with pytest.raises(IncomparableError) as caught:
        compare(actual, prediction, 0.1)

    assert caught.value.reason is reason


def test_a_number_that_was_written_as_a_label_is_an_actual_value() -> None:
    row = compare({"label": "3"}, {"value": 3.5}, 0.1)

    assert row["error"] == {"signed": 0.5, "absolute": 0.5, "squared": 0.25, "within": 0}


def test_the_tolerance_is_a_share_of_the_actual_value_and_its_end_belongs_to_it() -> None:
    assert compare({"value": -10}, {"value": -9}, 0.1)["error"]["within"] == 1
    assert compare({"value": -10}, {"value": -8.9}, 0.1)["error"]["within"] == 0
    assert compare({"value": 0}, {"value": 0}, 0.1)["error"]["within"] == 1
