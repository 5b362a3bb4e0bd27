"""The verdict on the columns: one error for all, two windows that confirm each other, one message."""

import random
from collections.abc import Collection

import pytest

from monitors.drift.judgement.inputs import Watched, judge_inputs
from monitors.drift.judgement.judging import Look
from monitors.drift.judgement.verdict import Rule, Verdict
from monitors.drift.statistics.combining import benjamini_hochberg
from monitors.drift.statistics.distribution import MISSING, Distribution, count_numbers

EDGES = (0.0, 0.25, 0.5, 0.75, 1.0)
WORDS = ("a", "b", "c", MISSING)


def numbers(seed: int, size: int, shift: float = 0.0) -> Distribution:
    by = random.Random(seed)
    return count_numbers([by.random() + shift for _ in range(size)], EDGES)


def words(*counts: int) -> Distribution:
    return Distribution(WORDS, counts)


def look(**columns: tuple[Distribution, Distribution]) -> Look:
    before = {f"column {name}": pair[0] for name, pair in columns.items()}
    return Look(before, {f"column {name}": pair[1] for name, pair in columns.items()})


def same(number: int = 20) -> dict[str, tuple[Distribution, Distribution]]:
    return {f"same{at}": (numbers(at, 5000), numbers(100 + at, 500)) for at in range(number)}


def nobody() -> Collection[str]:
    return ()


def test_columns_that_did_not_move_are_stable_and_counted() -> None:
    (whole,) = judge_inputs(look(**same()), Watched({"id": "an id"}), Rule(), nobody)

    assert whole.verdict is Verdict.STABLE and whole.signal == "inputs"
    assert whole.explanation == "20 columns as in the reference; left out: id (an id)"
    assert whole.details["columns"] == {"watched": 20, "moved": [], "left_out": ["id: an id"]}


def test_one_that_moved_is_named_and_the_others_are_not() -> None:
    moved = {"age": (numbers(1, 5000), numbers(2, 500, shift=0.3))}

    whole, column = judge_inputs(look(**same(), **moved), Watched(), Rule(), nobody)

    assert whole.verdict is column.verdict is Verdict.DRIFT
    assert column.signal == "age" and column.part_of == "inputs" and column.psi
    assert whole.explanation.startswith("age: share of values up to 1: ")


def test_many_that_moved_are_one_message_with_the_surest_first() -> None:
    moved = {f"age{at}": (numbers(at, 5000), numbers(50 + at, 500, shift=0.1 + at / 20)) for at in range(7)}

    found = judge_inputs(look(**same(), **moved), Watched(), Rule(), nobody)

    assert found[0].explanation.startswith("7 columns moved together: age6: ")
    assert found[0].explanation.endswith("; and 4 more")
    assert len(found) == 8


@pytest.mark.parametrize(
    ("suspected", "verdict"), [((), Verdict.STABLE), (("mix",), Verdict.WARNING), (("same1",), Verdict.STABLE)]
)
def test_what_is_not_sure_at_once_wants_the_window_before(suspected: Collection[str], verdict: Verdict) -> None:
    mix = {"mix": (words(2500, 1500, 1000, 0), words(208, 176, 116, 0))}

    whole, *_ = judge_inputs(look(**mix), Watched(), Rule(), lambda: suspected)

    assert whole.p_adjusted is not None and 0.0001 < whole.p_adjusted <= 0.01
    assert whole.verdict is verdict and whole.details["suspected"] == ["mix"]


def test_the_window_before_is_asked_only_where_it_matters() -> None:
    def ask() -> Collection[str]:
        raise AssertionError("asked")

    judge_inputs(look(**same(5), sure=(numbers(1, 5000), numbers(2, 500, shift=0.4))), Watched(), Rule(), ask)


def test_missing_and_new_values_matter_from_one_percent_on() -> None:
    missing = {"mix": (words(2500, 1500, 1000, 0), words(495, 295, 195, 20))}
    new = {"mix": (words(2500, 1500, 1000, 0), Distribution((*WORDS, "d"), (490, 290, 195, 0, 25)))}

    for changed in (missing, new):
        whole, *_ = judge_inputs(look(**changed), Watched(), Rule(), nobody)
        assert whole.verdict is Verdict.WARNING


def test_new_values_that_were_to_be_expected_are_none() -> None:
    new = {"mix": (words(2500, 1500, 1000, 0), Distribution((*WORDS, "d"), (490, 290, 195, 0, 25)))}

    whole, *_ = judge_inputs(look(**new), Watched(unseen={"column mix": 0.03}), Rule(), nobody)

    assert whole.verdict is Verdict.STABLE


def test_another_type_is_a_warning_that_says_so() -> None:
    whole, column = judge_inputs(look(**same(3)), Watched(retyped={"age": "age is a keyword now"}), Rule(), nobody)

    assert whole.verdict is Verdict.WARNING and whole.explanation == "age: age is a keyword now"
    assert column.signal == "age"


def test_too_few_predictions_claim_nothing() -> None:
    (whole,) = judge_inputs(look(mix=(words(2500, 1500, 1000, 0), words(10, 0, 0, 0))), Watched(), Rule(), nobody)

    assert whole.verdict is Verdict.NOT_ENOUGH_DATA and "10 of the 200 predictions needed" in whole.explanation


def test_without_columns_nothing_is_said() -> None:
    assert judge_inputs(look(), Watched({"id": "an id"}), Rule(), nobody) == []


def test_benjamini_hochberg_keeps_the_order_and_equals_the_books_example() -> None:
    p_values = [0.039, 0.001, 0.041, 0.008, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]

    corrected = benjamini_hochberg(p_values)

    assert [round(each, 4) for each in corrected] == [0.084, 0.01, 0.084, 0.04, 0.084, 0.1, 0.1057, 0.216, 0.216, 0.216]
    assert benjamini_hochberg([]) == []
