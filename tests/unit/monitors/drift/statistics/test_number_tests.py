"""The tests of binned numbers agree with SciPy, and no direction of the axis matters to them."""

import itertools

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.drift.statistics import number_tests
from monitors.drift.statistics.distribution import count_numbers
from monitors.drift.statistics.quadratic import anderson_darling_form

COUNTS = st.integers(min_value=2, max_value=30).flatmap(
    lambda bins: st.tuples(
        *(st.lists(st.integers(0, 5000), min_size=bins, max_size=bins).filter(any) for _ in range(2))
    )
)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """SciPy loads its parts at first use, which takes seconds: not while tests are collected, nor inside one."""
    assert scipy.stats


@pytest.mark.filterwarnings("ignore:p-value")
@pytest.mark.parametrize("values", [8, 100_000])
def test_anderson_darling_is_the_sum_with_midranks_that_scipy_standardises(values: int) -> None:
    generator = np.random.default_rng(1)
    pairs = [
        (generator.integers(0, values, 300), generator.integers(0, values, 200) * scale // 10)
        for scale in (10, 9, 8, 6)
    ]

    ours, scipys = [], []
    for reference, current in pairs:
        edges = np.unique(np.concatenate([reference, current])).tolist()
        sides = (count_numbers(values, edges).counts[1:] for values in (reference, current))
        statistic = number_tests.anderson_darling(*sides)
        # SciPy takes the variance of continuous values, and (N-1)/N of the sum.
        ours.append(statistic.value * 499 / 500)
        scipys.append(scipy.stats.anderson_ksamp([reference, current], variant="midrank").statistic)

    line = scipy.stats.linregress(scipys, ours)
    assert line.intercept == pytest.approx(1, abs=1e-2)
    assert line.rvalue == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(("z", "p"), [(1.2479, 0.25), (1.9330, 0.10), (2.4924, 0.05), (3.8781, 0.01)])
def test_anderson_darling_of_many_bins_has_the_tabulated_tail(z: float, p: float) -> None:
    form = anderson_darling_form([1 / 500] * 500)

    assert form.tail(z) == pytest.approx(p, rel=0.16 if p >= 0.1 else 0.04)


@pytest.mark.parametrize("x", [2.0, 3.84, 10.8, 20.0, 100.0])
def test_two_bins_have_the_tail_of_chi_squared(x: float) -> None:
    assert anderson_darling_form([0.3, 0.7]).tail(x) == pytest.approx(scipy.stats.chi2.sf(x, 1), rel=0.12)


@settings(max_examples=10)
@given(st.lists(st.integers(1, 300), min_size=2, max_size=26))
def test_the_tail_never_rises_and_its_mean_is_one(counts: list[int]) -> None:
    form = anderson_darling_form([count / sum(counts) for count in counts])
    found = [form.tail(step) for step in range(1, 60)]

    assert form.cumulants(0.0)[1] == pytest.approx(1)  # type: ignore[index]
    # Where the formula changes, near the mean, there may be a small step.
    assert all(later <= earlier * 1.02 for earlier, later in itertools.pairwise(found))


@settings(max_examples=30)
@given(COUNTS, st.data())
def test_no_test_of_numbers_depends_on_the_direction_of_the_axis(
    counts: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    before, now = counts
    steps = data.draw(st.lists(st.floats(0.01, 100), min_size=len(before) - 1, max_size=len(before) - 1))
    edges = np.cumsum(steps).tolist()
    turned = [-edge for edge in reversed(edges)]

    for one, other in (
        (number_tests.anderson_darling(before, now), number_tests.anderson_darling(before[::-1], now[::-1])),
        (number_tests.energy(before, now, edges), number_tests.energy(before[::-1], now[::-1], turned)),
        (
            number_tests.ranks_within({"a": before}, {"a": now}),
            number_tests.ranks_within({"a": before[::-1]}, {"a": now[::-1]}),
        ),
    ):
        assert one.value == pytest.approx(other.value, rel=1e-6, abs=1e-9)
        assert one.p_value() == pytest.approx(other.p_value(), rel=1e-3, abs=1e-9)


def test_scores_that_pile_up_at_one_value_are_tested_at_that_value_too() -> None:
    before, now = [30, 30, 33, 207], [77, 63, 0, 560]

    found = [number_tests.anderson_darling(before, now), number_tests.anderson_darling(before[::-1], now[::-1])]

    assert [each.p_value() for each in found] == pytest.approx([5.7e-4, 5.7e-4], rel=0.01)


@given(st.lists(st.integers(0, 60), min_size=3, max_size=20).filter(any), st.data())
def test_the_rank_test_of_one_label_is_scipys(before: list[int], data: st.DataObject) -> None:
    now = data.draw(st.lists(st.integers(0, 60), min_size=len(before), max_size=len(before)).filter(any))
    sides = [np.repeat(range(len(side)), side) for side in (before, now)]
    if len(np.unique(np.concatenate(sides))) < 2 or sum(before) + sum(now) < 3:
        return
    expected = scipy.stats.mannwhitneyu(*sides, method="asymptotic", use_continuity=False).pvalue

    assert number_tests.ranks_within({"a": before}, {"a": now}).p_value() == pytest.approx(expected, abs=1e-9)
