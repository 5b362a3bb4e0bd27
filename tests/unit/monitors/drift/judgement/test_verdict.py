"""The decision rule: surely there and large enough, and never a false `stable`."""

import pytest

from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Finding, Rule, Verdict, pick_overall
from monitors.drift.statistics.derived import coarser, edge_at, share_below
from monitors.drift.statistics.distribution import (
    MISSING,
    Distribution,
    align,
    bin_edges,
    count_numbers,
    make_categories,
)

RULE = Rule()


def labels(acceptable: int, unacceptable: int, **others: int) -> Distribution:
    return make_categories({"acceptable": acceptable, "unacceptable": unacceptable, **others})


def verdict_on(reference: Distribution, current: Distribution, signal: str = "label") -> Verdict:
    return finding_on(reference, current, signal).verdict


def finding_on(reference: Distribution, current: Distribution, signal: str = "label") -> Finding:
    return next(f for f in judge({signal: reference}, {signal: current}, RULE) if f.signal == signal)


def test_the_same_mix_is_stable() -> None:
    assert verdict_on(labels(1400, 600), labels(350, 150)) is Verdict.STABLE


def test_a_ten_point_label_shift_is_found_although_psi_calls_it_small() -> None:
    finding = finding_on(labels(1380, 620), labels(1180, 820))

    assert finding.verdict is Verdict.DRIFT
    assert finding.psi is not None and finding.psi < 0.1
    assert finding.explanation == "share of “unacceptable” 31 % → 41 %"


def test_a_sure_but_tiny_change_is_stable() -> None:
    finding = finding_on(labels(1_400_000, 600_000), labels(1_380_000, 620_000))

    assert finding.verdict is Verdict.STABLE
    assert finding.p_value is not None and finding.p_value < 1e-9


def test_a_large_but_unsure_change_is_stable() -> None:
    assert verdict_on(labels(140, 60), labels(126, 74)) is Verdict.STABLE


@pytest.mark.parametrize(
    ("reference", "current"),
    [((199, 0), (500, 0)), ((500, 0), (199, 0)), ((500, 0), (0, 0))],
)
def test_too_few_predictions_are_not_enough_data_and_never_stable(
    reference: tuple[int, int], current: tuple[int, int]
) -> None:
    finding = finding_on(labels(*reference), labels(*current))

    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert "of the 200 predictions needed" in finding.explanation


def test_a_label_never_seen_before_is_named() -> None:
    reference, current = labels(1400, 600), labels(343, 147, broken=10)

    findings = {finding.signal: finding for finding in judge({"label": reference}, {"label": current}, RULE)}

    assert findings["new_label"].verdict is Verdict.WARNING
    assert findings["new_label"].explanation == "share of “broken” 0 % → 2.0 % (never in the reference)"


def test_a_label_never_seen_before_beside_a_constant_one_is_found() -> None:
    assert verdict_on(make_categories({"a": 2000}), make_categories({"a": 480, "b": 20})) is Verdict.WARNING
    assert verdict_on(make_categories({"a": 2000}), make_categories({"a": 400, "b": 100})) is Verdict.DRIFT


def test_a_field_that_vanishes_is_drift() -> None:
    edges = bin_edges([0.5, 0.6, 0.7, 0.8], 0.9)
    reference = count_numbers([0.5, 0.6, 0.7, 0.8, 0.9] * 100, edges)
    current = count_numbers([None] * 500, edges)

    finding = finding_on(reference, current, "score")

    assert finding.verdict is Verdict.DRIFT
    assert finding.explanation == "score missing: 0 % → 100 %"


def test_a_field_that_nobody_logs_is_not_enough_data() -> None:
    finding = finding_on(make_categories({MISSING: 500}), make_categories({MISSING: 500}))

    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.explanation == "no prediction carries a value for label"


@pytest.mark.parametrize(
    ("now", "expected"),
    [(0.97, Verdict.STABLE), (0.96, Verdict.DRIFT), (0.98, Verdict.DRIFT)],
)
def test_constant_scores_are_stable_only_while_they_stay_the_same(now: float, expected: Verdict) -> None:
    edges = bin_edges([0.97] * 20, 0.97)
    reference = count_numbers([0.97] * 500, edges)

    assert verdict_on(reference, count_numbers([now] * 500, edges), "score") is expected


def test_the_share_of_least_sure_predictions_is_judged_from_the_scores() -> None:
    values = [index / 1000 for index in range(1000)]
    edges = bin_edges(values[::50], values[-1])
    current = [value * 0.05 if index % 4 == 0 else value for index, value in enumerate(values)]

    findings = judge(
        {"score": count_numbers(values, edges)},
        {"score": count_numbers(current, edges)},
        RULE,
    )

    least_sure = next(f for f in findings if f.signal == "least_sure")
    assert least_sure.verdict is Verdict.DRIFT
    assert least_sure.explanation == "share of “below 0.05” 5.0 % → 29 %"


def test_a_small_share_kept_raw_is_a_warning() -> None:
    reference, current = ({"kept_raw": make_categories({"indexed": 2000 - n, "kept raw": n})} for n in (0, 40))

    (finding,) = judge(reference, current, RULE)

    assert finding.verdict is Verdict.WARNING


def test_windows_counted_with_different_edges_are_an_error() -> None:
    with pytest.raises(ValueError, match="different bin edges"):
        align(count_numbers([1], [1, 2]), count_numbers([1], [1, 3]))


def test_the_run_is_as_bad_as_its_worst_signal() -> None:
    findings = judge(
        {"label": labels(1400, 600), "kept_raw": labels(2000, 0)},
        {"label": labels(700, 1300), "kept_raw": labels(2000, 0)},
        RULE,
    )

    assert pick_overall(findings, 2000, RULE) is Verdict.DRIFT


def test_a_run_without_predictions_is_not_enough_data_even_if_one_signal_is_stable() -> None:
    findings = judge({"kept_raw": labels(2000, 0)}, {"kept_raw": labels(2000, 0)}, RULE)

    assert pick_overall(findings, 0, RULE) is Verdict.NOT_ENOUGH_DATA
    assert pick_overall([], 2000, RULE) is Verdict.NOT_ENOUGH_DATA


def test_an_edge_belongs_to_the_bin_above_it() -> None:
    assert count_numbers([1, 2, 3, None], [1, 2]).counts == (1, 0, 1, 2)


def test_coarser_bins_hold_a_tenth_of_the_reference_each() -> None:
    values = list(range(1000))
    distribution = count_numbers(values, bin_edges(values[::50], 999))

    before, now = coarser(distribution, distribution)

    assert before == now
    assert before.counts == (100,) * 10
    assert before.bins[:2] == ("below 100", "100 to 200")
    assert before.bins[-1] == "900 and above"


def test_coarser_bins_keep_missing_values_apart_and_lose_nothing() -> None:
    edges = bin_edges([5, 5, 7], 9)
    reference, current = count_numbers([5, 5, 7, 9], edges), count_numbers([4, 10, None], edges)

    before, now = coarser(reference, current)

    assert before.bins == now.bins == ("(missing)", "below 7", "7 and above")
    assert before.counts == (0, 2, 2)
    assert now.counts == (1, 1, 1)


def test_the_least_sure_tenth_is_found_among_the_edges() -> None:
    values = list(range(1000))
    distribution = count_numbers(values, bin_edges(values[::50], 999))

    assert edge_at(distribution, 0.1) == 100
    assert share_below(distribution, 100).counts == (100, 900)


def test_a_distribution_survives_storage() -> None:
    distribution = count_numbers([1, 2, None], [1, 2])

    assert Distribution.from_json(distribution.to_json()) == distribution


def test_borders_are_finite_whatever_the_scores_are() -> None:
    edges = bin_edges([-1.7e308, float("nan"), None, float("-inf"), 0.5], 1.797692e308)

    assert edges == (-1.7e308, 0.5, 1.7976931348623157e308)
    values = [-1.79e308, 0.1, 0.9, 1.79e308]
    before, now = count_numbers(values * 300, edges), count_numbers(values[1:3] * 600, edges)
    assert finding_on(before, now, "score").verdict is Verdict.DRIFT
