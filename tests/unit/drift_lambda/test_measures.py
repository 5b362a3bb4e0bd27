"""The measures agree with SciPy to 1e-6 wherever the definitions agree, on generated counts and real text."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from drift_lambda import combining, distances, mix_tests, number_tests, tails
from drift_lambda.distribution import count_numbers
from drift_lambda.quadratic import anderson_darling_form

COUNTS = st.integers(min_value=2, max_value=30).flatmap(
    lambda bins: st.tuples(
        *(st.lists(st.integers(0, 5000), min_size=bins, max_size=bins).filter(any) for _ in range(2))
    )
)
SENTENCES = Path(__file__).resolve().parents[3] / "predmon" / "local" / "sentences.csv"


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """SciPy loads its parts at first use, which takes seconds: not while tests are collected, nor inside one."""
    assert scipy.special and scipy.stats and scipy.spatial.distance


def halves_of_real_sentences() -> tuple[list[int], list[int]]:
    """The lengths of the sentences that `make demo` sends: every other one, and the rest."""
    lengths = [len(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    return lengths[::2], lengths[1::2]


@given(COUNTS)
def test_jensen_shannon_is_scipys_to_base_two(counts: tuple[list[int], list[int]]) -> None:
    reference, current = counts

    ours = distances.jensen_shannon(reference, current)

    assert ours == pytest.approx(scipy.spatial.distance.jensenshannon(reference, current, base=2), abs=1e-6)


@given(COUNTS)
def test_psi_is_the_symmetrised_kullback_leibler_divergence(counts: tuple[list[int], list[int]]) -> None:
    reference, current = ([count + 1 for count in side] for side in counts)

    ours = distances.psi(reference, current)

    both = scipy.stats.entropy(reference, current) + scipy.stats.entropy(current, reference)
    assert ours == pytest.approx(both, abs=1e-6)


@given(COUNTS)
def test_chi_squared_is_scipys_contingency_test(counts: tuple[list[int], list[int]]) -> None:
    table = np.array(counts)
    table = table[:, table.sum(axis=0) > 0]
    expected = scipy.stats.chi2_contingency(table, correction=False)

    statistic = mix_tests.chi_squared(*counts)

    assert statistic.value == pytest.approx(expected.statistic, rel=1e-9, abs=1e-6)
    assert statistic.p_value() == pytest.approx(expected.pvalue, abs=1e-6)


@given(st.floats(0, 2000), st.integers(1, 60))
def test_chi_squared_tail_is_scipys(x: float, degrees: int) -> None:
    assert tails.chi_squared_tail(x, degrees) == pytest.approx(scipy.stats.chi2.sf(x, degrees), abs=1e-9)


@given(st.floats(0, 10))
def test_kolmogorov_tail_is_scipys(x: float) -> None:
    assert tails.kolmogorov_tail(x) == pytest.approx(scipy.special.kolmogorov(x), abs=1e-9)


@given(*[st.integers(0, 400)] * 4)
def test_fisher_is_scipys(a: int, b: int, c: int, d: int) -> None:
    assert mix_tests.fisher_exact((a, b), (c, d)) == pytest.approx(
        scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue, abs=1e-6
    )


@pytest.mark.parametrize("size", [200, 500, 2000])
def test_kolmogorov_smirnov_on_single_values_is_scipys_statistic(size: int) -> None:
    generator = np.random.default_rng(size)
    reference, current = generator.normal(size=2000), generator.normal(0.1, size=size)
    edges = np.unique(np.concatenate([reference, current])).tolist()
    sides = (count_numbers(values, edges).counts for values in (reference, current))

    statistic, p_value = distances.kolmogorov_smirnov(*sides)

    expected = scipy.stats.ks_2samp(reference, current, method="asymp")
    assert statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert 0 <= p_value - expected.pvalue < 0.02


def test_all_measures_agree_on_the_lengths_of_real_sentences() -> None:
    reference, current = halves_of_real_sentences()
    edges = sorted(set(reference + current))
    before, now = (count_numbers(lengths, edges).counts for lengths in (reference, current))

    statistic, _ = distances.kolmogorov_smirnov(before, now)

    assert statistic == pytest.approx(scipy.stats.ks_2samp(reference, current).statistic, abs=1e-9)
    assert distances.jensen_shannon(before, now) == pytest.approx(
        scipy.spatial.distance.jensenshannon(before, now, base=2), abs=1e-9
    )


@given(COUNTS)
def test_nothing_differs_from_itself(counts: tuple[list[int], list[int]]) -> None:
    side, _ = counts

    assert distances.psi(side, side) == pytest.approx(0, abs=1e-12)
    assert distances.jensen_shannon(side, side) == pytest.approx(0, abs=1e-7)
    assert distances.total_variation(side, side) == 0
    assert distances.kolmogorov_smirnov(side, side) == (0, 1)


def test_an_empty_window_is_an_error_and_not_a_distance() -> None:
    with pytest.raises(ValueError, match="empty window"):
        distances.psi([1, 2], [0, 0])


def test_an_empty_bin_gives_a_finite_psi() -> None:
    assert distances.psi([100, 0], [50, 50]) == pytest.approx(
        (0.5 - 1) * math.log(0.5) + (0.5 - 0.0001) * math.log(0.5 / 0.0001)
    )


def test_rare_categories_are_pooled_for_the_chi_squared_test() -> None:
    found = mix_tests.mix([1000, 900, 3, 2, 1], [100, 90, 1, 0, 1])

    assert found.test == "chi_squared"
    assert found.p_value() > 0.05


def test_a_category_too_rare_for_chi_squared_gets_the_exact_test() -> None:
    found = mix_tests.mix([2000, 0], [195, 5])

    assert found.test == "fisher"
    assert found.p_value() < 1e-4


@given(*[st.integers(0, 400)] * 4)
def test_the_one_sided_exact_test_is_scipys(a: int, b: int, c: int, d: int) -> None:
    ours = mix_tests.fisher_exact((a, b), (c, d), only_fewer=True)

    assert ours == pytest.approx(scipy.stats.fisher_exact([[c, d], [a, b]], alternative="less").pvalue, abs=1e-6)


def test_holm_corrects_in_order_and_never_lowers_a_later_one() -> None:
    assert combining.holm([0.04, 0.01, 0.03], [1, 1, 1]) == pytest.approx([0.06, 0.03, 0.06])
    assert combining.holm([], []) == []


def test_holm_gives_a_heavier_signal_more_of_the_error() -> None:
    assert combining.holm([0.02, 0.02], [2, 1]) == pytest.approx([0.03, 0.03])
    assert combining.holm([0.02, 0.02], [1, 1]) == pytest.approx([0.04, 0.04])


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

    assert form.tail(z) == pytest.approx(p, rel=0.16 if p > 0.2 else 0.04)


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


@given(st.floats(0.01, 200), st.floats(0.2, 60), st.floats(1, 1e4))
def test_the_f_tail_is_scipys(x: float, numerator: float, denominator: float) -> None:
    assert tails.f_tail(x, numerator, denominator) == pytest.approx(
        scipy.stats.f.sf(x, numerator, denominator), rel=1e-6, abs=1e-12
    )


@given(st.floats(0.01, 300), st.floats(0.2, 60))
def test_the_f_tail_of_endless_degrees_is_the_gamma_tail(x: float, numerator: float) -> None:
    expected = scipy.stats.gamma.sf(numerator * x / 2, numerator / 2)

    assert tails.f_tail(x, numerator, math.inf) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(st.lists(st.floats(1e-200, 1), min_size=1, max_size=5))
def test_the_combined_p_value_is_no_smaller_than_the_smallest_shared_out(p_values: list[float]) -> None:
    combined = combining.cauchy(p_values)

    assert 0 <= combined <= 1
    assert combined >= min(p_values) * 0.99
    assert combining.cauchy([*p_values, 1.0]) >= combined * 0.99


def test_a_p_value_of_one_does_not_hide_a_small_one() -> None:
    assert combining.cauchy([1e-6, 1.0, 1.0]) == pytest.approx(3e-6, rel=0.01)
