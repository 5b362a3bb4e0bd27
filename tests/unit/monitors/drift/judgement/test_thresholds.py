"""Each threshold of the rule, from both sides, and the error that looks and comparisons share."""

from dataclasses import replace

import pytest

from monitors.drift.judgement.judging import LONGER, WINDOW, WINDOW_WEIGHT, Look, find_minimum, judge_looks
from monitors.drift.judgement.verdict import Finding, Rule, Verdict, pick_overall
from monitors.drift.statistics.distribution import make_categories

LABELS = make_categories({"yes": 1400, "no": 600})
NOTHING, STABLE, WARNING, DRIFT = Verdict
EFFECTS = [
    ("label", 0.03, 0.10),
    ("kept_raw", 0.01, 0.05),
    ("failed", 0.01, 0.05),
    ("new_label", 0.01, 0.05),
    ("novelty", 0.01, 0.05),
    ("vanished_label", 0.002, 0.05),
    ("segments", 0.10, 0.30),
]


def finding(verdict: Verdict, look: str = WINDOW) -> Finding:
    return Finding("label", verdict, "", LABELS, LABELS, look)


@pytest.mark.parametrize(("signal", "warning", "drift"), EFFECTS)
def test_a_change_counts_from_the_effect_of_its_signal_on(signal: str, warning: float, drift: float) -> None:
    sides = (warning - 1e-6, warning, drift - 1e-6, drift)

    assert [Rule().verdict(signal, 0.0, effect) for effect in sides] == [STABLE, WARNING, WARNING, DRIFT]


@pytest.mark.parametrize(("is_rare", "warning", "drift"), [(False, 0.03, 0.10), (True, 0.01, 0.05)])
def test_a_change_of_a_column_counts_from_its_effect_on(is_rare: bool, warning: float, drift: float) -> None:
    sides = (warning - 1e-6, warning, drift - 1e-6, drift)

    assert [Rule().judge_change(0.0, effect, is_rare=is_rare) for effect in sides] == [STABLE, WARNING, WARNING, DRIFT]


@pytest.mark.parametrize(
    ("p_value", "verdict"), [(0.001, DRIFT), (0.00101, WARNING), (0.01, WARNING), (0.0101, STABLE)]
)
def test_a_change_counts_up_to_the_error_that_is_allowed(p_value: float, verdict: Verdict) -> None:
    assert Rule().verdict("label", p_value, 1.0) is verdict


@pytest.mark.parametrize(
    ("p_adjusted", "effect", "sure"), [(0.001, 0.1, True), (0.0011, 0.1, False), (0.0, 0.0, False), (None, 0.1, False)]
)
def test_a_change_is_surely_there(p_adjusted: float | None, effect: float, sure: bool) -> None:
    assert replace(finding(STABLE), p_adjusted=p_adjusted, effect=effect).is_sure is sure


@pytest.mark.parametrize(("comparisons", "warning", "drift"), [(0, 0.01, 0.001), (1, 0.01, 0.001), (2, 0.005, 0.0005)])
def test_comparisons_share_the_error_of_a_run(comparisons: int, warning: float, drift: float) -> None:
    rule = Rule().share_error(comparisons)

    assert (rule.warning_alpha, rule.drift_alpha) == pytest.approx((warning, drift))


@pytest.mark.parametrize(
    ("look", "minimum", "needed"), [(WINDOW, 200, 200), ("day", 200, 100), ("week", 201, 101), ("6 hours", 1, 1)]
)
def test_a_longer_look_needs_half_of_the_predictions(look: str, minimum: int, needed: int) -> None:
    assert find_minimum(look, Rule(minimum=minimum)) == needed


@pytest.mark.parametrize(("predictions", "verdict"), [(99, NOTHING), (100, STABLE)])
def test_a_longer_look_with_half_of_the_predictions_is_judged(predictions: int, verdict: Verdict) -> None:
    now = make_categories({"yes": predictions * 0.7, "no": predictions * 0.3})

    found = judge_looks([Look({"label": LABELS}, {"label": now}, "day", unseen_share=None)], Rule())

    assert {each.verdict for each in found} == {verdict}


def test_the_looks_of_a_run_share_its_error() -> None:
    now = make_categories({"yes": 1250, "no": 750})
    sides = {"label": LABELS}, {"label": now}
    alone = judge_looks([Look(*sides, unseen_share=None)], Rule())
    looks = [Look(*sides, weight=0.9, unseen_share=None), Look(*sides, "day", weight=0.1, unseen_share=None)]

    together = judge_looks(looks, Rule())

    assert alone[0].p_adjusted == pytest.approx(alone[0].p_value)
    assert together[0].look == WINDOW
    assert together[0].p_adjusted == pytest.approx((alone[0].p_value or 0) / 0.9)


@pytest.mark.parametrize(
    ("found", "predictions", "verdict"),
    [
        ([], 1000, NOTHING),
        ([finding(STABLE)], 200, STABLE),
        ([finding(STABLE)], 199, NOTHING),
        ([finding(STABLE), finding(STABLE, "day")], 199, STABLE),
        ([finding(STABLE), finding(NOTHING, "day")], 199, NOTHING),
        ([finding(DRIFT), finding(STABLE)], 199, DRIFT),
    ],
)
def test_no_run_below_the_minimum_is_stable_by_its_window_alone(
    found: list[Finding], predictions: int, verdict: Verdict
) -> None:
    assert pick_overall(found, predictions, Rule()) is verdict


def test_the_shares_of_the_window_and_of_longer_looks_are_the_whole_error() -> None:
    assert LONGER == {"6 hours": (6, 0.06), "day": (24, 0.03), "week": (168, 0.01)}
    assert WINDOW_WEIGHT + sum(share for _, share in LONGER.values()) == pytest.approx(1)
