"""The verdict on the words of the texts, and on novelty: named with counts, sure at once or confirmed."""

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitors.drift.judgement.judging import Look, judge_looks
from monitors.drift.judgement.texts import confirm_novelty, judge_texts
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.statistics.distribution import Distribution, bin_edges, count_numbers
from monitors.drift.statistics.words import count_texts

START = datetime(2026, 5, 4, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(60)]
BY = random.Random(2)


def texts(number: int, *more: str, share: float = 0.0) -> list[str]:
    return [" ".join(["The", *BY.choices(WORDS, k=6), *(more if BY.random() < share else ())]) for _ in range(number)]


REFERENCE = count_texts({START + timedelta(hours=at): texts(60) for at in range(96)})


def judge(window: list[str], suspected: Collection[str] = ()) -> Finding:
    return judge_texts(REFERENCE, window, {10: len(window)}, Rule(), lambda: suspected)


def test_the_same_words_are_stable() -> None:
    found = judge(texts(500))

    assert found.verdict is Verdict.STABLE
    assert found.explanation == "the words of 500 texts are as frequent as in the reference"


def test_a_customer_with_names_of_its_own_is_named_with_counts() -> None:
    found = judge(texts(500, "acme", share=0.04))

    assert found.verdict is Verdict.WARNING
    assert found.explanation.startswith("texts with “acme” new ")
    (term,) = found.details["terms"]
    assert term["term"] == "acme" and term["before"] == 0 and term["texts"] == round(term["now"] * 500)


def test_another_language_is_drift() -> None:
    foreign = ["Der Hund schläft heute auf dem Sofa"] * 100

    found = judge([*texts(400), *foreign])

    assert found.verdict is Verdict.DRIFT and "more words" in found.explanation


@pytest.mark.parametrize(("suspected", "verdict"), [((), Verdict.STABLE), (("acme",), Verdict.WARNING)])
def test_what_is_not_sure_at_once_wants_the_window_before(suspected: Collection[str], verdict: Verdict) -> None:
    window = [*texts(596), *texts(4, "acme", share=1.0)]

    found = judge(window, suspected)

    assert found.p_adjusted is not None and 0.001 < found.p_adjusted <= 0.01
    assert found.verdict is verdict and found.details["suspected"] == ["acme"]


def test_too_few_texts_claim_nothing() -> None:
    found = judge(texts(20))

    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert found.explanation == "the current window has 20 of the 200 texts needed"


def novelty(number: int, far: int = 0) -> list[float]:
    return [round(BY.random(), 3) for _ in range(number - far)] + [1.0] * far


def judge_novelty(before: list[float], now: list[float]) -> Finding:
    shares = [each / 20 for each in range(20)] + [0.975, 0.98, 0.99, 0.997]
    ordered = sorted(before)
    edges = bin_edges([ordered[int(share * len(ordered))] for share in shares], ordered[-1])
    look = Look(*({"novelty": count_numbers(values, edges)} for values in (before, now)))
    (found,) = judge_looks([look], Rule())
    return found


def test_a_few_texts_far_from_the_others_are_a_warning() -> None:
    before = novelty(8000)

    assert judge_novelty(before, novelty(500, far=12)).verdict is Verdict.WARNING
    assert judge_novelty(before, novelty(500)).verdict is Verdict.STABLE


def test_novelty_that_is_not_sure_at_once_wants_the_window_before() -> None:
    counts = Distribution(("a",), (1,))
    found = Finding("novelty", Verdict.WARNING, "", counts, counts, p_adjusted=0.005)

    assert confirm_novelty(found, lambda: ()).verdict is Verdict.STABLE
    assert confirm_novelty(found, lambda: ()).details == {"suspected": ["novelty"]}
    assert confirm_novelty(found, lambda: ("novelty",)).verdict is Verdict.WARNING
    assert confirm_novelty(replace(found, p_adjusted=0.0005), lambda: ()).verdict is Verdict.WARNING
    assert confirm_novelty(replace(found, look="day"), lambda: ("novelty",)).verdict is Verdict.STABLE
    assert confirm_novelty(replace(found, signal="label"), lambda: ()).verdict is Verdict.WARNING


@pytest.mark.parametrize(("number", "verdict"), [(11, Verdict.STABLE), (12, Verdict.WARNING)])
def test_a_word_counts_from_three_in_a_thousand_texts_on(number: int, verdict: Verdict) -> None:
    window = [*texts(4000 - number), *texts(number, "acme", share=1.0)]

    assert judge(window, ("acme",)).verdict is verdict
