"""The tests behind a verdict are what they say they are."""

import random

import numpy as np
import pytest
from scipy.stats import hypergeom, ttest_ind_from_stats

from monitors.quality.testing import Mean, mean_rose, share_fell


def test_a_fallen_share_is_judged_by_fishers_test_with_mid_p() -> None:
    generator = random.Random(3)
    for _ in range(500):
        before, now = generator.choice([1, 50, 2000, 100_000]), generator.choice([1, 50, 2000, 100_000])
        accuracy = generator.choice([0.5, 0.9, 0.99, 0.999])
        correct = [
            min(rows, max(0, round(generator.gauss(rows * accuracy, 2 * (rows * accuracy * (1 - accuracy)) ** 0.5))))
            for rows in (before, now)
        ]
        wrong = before - correct[0], now - correct[1]
        table = (before + now, sum(wrong), now)

        p_value = share_fell(correct[0], before, correct[1], now)

        expected = hypergeom.sf(wrong[1] - 1, *table) - hypergeom.pmf(wrong[1], *table) / 2 if sum(wrong) else 1
        assert p_value == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("rows", [2_000, 2_000_000])
def test_a_share_that_rose_by_far_is_no_sign_of_a_fall(rows: int) -> None:
    assert share_fell(rows // 2, rows, rows, rows) == pytest.approx(1)
    assert share_fell(rows, rows, rows // 2, rows) == pytest.approx(0)


def test_nothing_is_no_sign_of_a_fall() -> None:
    assert share_fell(0, 0, 5, 10) == share_fell(5, 10, 0, 0) == share_fell(10, 10, 10, 10) == 1


def test_a_risen_mean_is_judged_by_welchs_test() -> None:
    generator = np.random.default_rng(5)
    before, now = generator.lognormal(0, 1, 2000), generator.lognormal(0.05, 1, 900)

    p_value = mean_rose(*(Mean(len(each), each.sum(), (each**2).sum()) for each in (before, now)))

    stats = [each for side in (now, before) for each in (side.mean(), side.std(ddof=1), len(side))]
    expected = ttest_ind_from_stats(*stats, equal_var=False, alternative="greater").pvalue
    assert p_value == pytest.approx(expected, rel=0.01)  # the t distribution of so many rows is nearly normal


def test_means_without_any_spread() -> None:
    assert mean_rose(Mean(10, 10, 10), Mean(10, 10, 10)) == 1
    assert mean_rose(Mean(10, 10, 10), Mean(10, 20, 40)) == 0
    assert mean_rose(Mean(1, 1, 1), Mean(10, 20, 40)) == 1
