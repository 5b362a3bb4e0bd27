"""The measures agree with SciPy to 1e-6 wherever the definitions agree, on generated counts and real text."""

import math
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from monitors.drift.statistics import combining, distances, mix_tests, tails
from monitors.drift.statistics.distribution import count_numbers
from monitors.reporting.fisher import fisher_exact

COUNTS = st.integers(min_value=2, max_value=30).flatmap(
    lambda bins: st.tuples(
        *(st.lists(st.integers(0, 5000), min_size=bins, max_size=bins).filter(any) for _ in range(2))
    )
)
SENTENCES = Path(__file__).resolve().parents[5] / "predmon" / "local" / "sentences.csv"


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
    assert fisher_exact((a, b), (c, d)) == pytest.approx(scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue, abs=1e-6)


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
    ours = fisher_exact((a, b), (c, d), only_fewer=True)

    assert ours == pytest.approx(scipy.stats.fisher_exact([[c, d], [a, b]], alternative="less").pvalue, abs=1e-6)


def test_holm_corrects_in_order_and_never_lowers_a_later_one() -> None:
    assert combining.holm([0.04, 0.01, 0.03], [1, 1, 1]) == pytest.approx([0.06, 0.03, 0.06])
    assert combining.holm([], []) == []


def test_holm_gives_a_heavier_signal_more_of_the_error() -> None:
    assert combining.holm([0.02, 0.02], [2, 1]) == pytest.approx([0.03, 0.03])
    assert combining.holm([0.02, 0.02], [1, 1]) == pytest.approx([0.04, 0.04])


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
