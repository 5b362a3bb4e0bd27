"""The measures agree with SciPy to 1e-6 wherever the definitions agree, on generated counts and real text."""

import math
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from drift_lambda import measures
from drift_lambda.distribution import count_numbers

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

    ours = measures.jensen_shannon(reference, current)

    assert ours == pytest.approx(scipy.spatial.distance.jensenshannon(reference, current, base=2), abs=1e-6)


@given(COUNTS)
def test_psi_is_the_symmetrised_kullback_leibler_divergence(counts: tuple[list[int], list[int]]) -> None:
    reference, current = ([count + 1 for count in side] for side in counts)

    ours = measures.psi(reference, current)

    both = scipy.stats.entropy(reference, current) + scipy.stats.entropy(current, reference)
    assert ours == pytest.approx(both, abs=1e-6)


@given(COUNTS)
def test_chi_squared_is_scipys_contingency_test(counts: tuple[list[int], list[int]]) -> None:
    table = np.array(counts)
    table = table[:, table.sum(axis=0) > 0]
    expected = scipy.stats.chi2_contingency(table, correction=False)

    statistic, p_value = measures.chi_squared(*counts)

    assert statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-6)
    assert p_value == pytest.approx(expected.pvalue, abs=1e-6)


@given(st.floats(0, 2000), st.integers(1, 60))
def test_chi_squared_tail_is_scipys(x: float, degrees: int) -> None:
    assert measures.chi_squared_tail(x, degrees) == pytest.approx(scipy.stats.chi2.sf(x, degrees), abs=1e-9)


@given(st.floats(0, 10))
def test_kolmogorov_tail_is_scipys(x: float) -> None:
    assert measures.kolmogorov_tail(x) == pytest.approx(scipy.special.kolmogorov(x), abs=1e-9)


@given(*[st.integers(0, 400)] * 4)
def test_fisher_is_scipys(a: int, b: int, c: int, d: int) -> None:
    assert measures.fisher_exact((a, b), (c, d)) == pytest.approx(
        scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue, abs=1e-6
    )


@pytest.mark.parametrize("size", [200, 500, 2000])
def test_kolmogorov_smirnov_on_single_values_is_scipys_statistic(size: int) -> None:
    generator = np.random.default_rng(size)
    reference, current = generator.normal(size=2000), generator.normal(0.1, size=size)
    edges = np.unique(np.concatenate([reference, current])).tolist()
    sides = (count_numbers(values, edges).counts for values in (reference, current))

    statistic, p_value = measures.kolmogorov_smirnov(*sides)

    expected = scipy.stats.ks_2samp(reference, current, method="asymp")
    assert statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert 0 <= p_value - expected.pvalue < 0.02


def test_all_measures_agree_on_the_lengths_of_real_sentences() -> None:
    reference, current = halves_of_real_sentences()
    edges = sorted(set(reference + current))
    before, now = (count_numbers(lengths, edges).counts for lengths in (reference, current))

    statistic, _ = measures.kolmogorov_smirnov(before, now)

    assert statistic == pytest.approx(scipy.stats.ks_2samp(reference, current).statistic, abs=1e-9)
    assert measures.jensen_shannon(before, now) == pytest.approx(
        scipy.spatial.distance.jensenshannon(before, now, base=2), abs=1e-9
    )


@given(COUNTS)
def test_nothing_differs_from_itself(counts: tuple[list[int], list[int]]) -> None:
    side, _ = counts

    assert measures.psi(side, side) == pytest.approx(0, abs=1e-12)
    assert measures.jensen_shannon(side, side) == pytest.approx(0, abs=1e-7)
    assert measures.total_variation(side, side) == 0
    assert measures.kolmogorov_smirnov(side, side) == (0, 1)


def test_an_empty_window_is_an_error_and_not_a_distance() -> None:
    with pytest.raises(ValueError, match="empty window"):
        measures.psi([1, 2], [0, 0])


def test_an_empty_bin_gives_a_finite_psi() -> None:
    assert measures.psi([100, 0], [50, 50]) == pytest.approx(
        (0.5 - 1) * math.log(0.5) + (0.5 - 0.0001) * math.log(0.5 / 0.0001)
    )


def test_rare_categories_are_pooled_for_the_chi_squared_test() -> None:
    name, _, p_value = measures.mix_test([1000, 900, 3, 2, 1], [100, 90, 1, 0, 1])

    assert name == "chi_squared"
    assert p_value > 0.05


def test_a_category_too_rare_for_chi_squared_gets_the_exact_test() -> None:
    name, _, p_value = measures.mix_test([2000, 0], [195, 5])

    assert name == "fisher"
    assert p_value < 1e-4


def test_holm_corrects_in_order_and_never_lowers_a_later_one() -> None:
    assert measures.holm([0.04, 0.01, 0.03], [1, 1, 1]) == pytest.approx([0.06, 0.03, 0.06])
    assert measures.holm([], []) == []


def test_holm_gives_a_heavier_signal_more_of_the_error() -> None:
    assert measures.holm([0.02, 0.02], [2, 1]) == pytest.approx([0.03, 0.03])
    assert measures.holm([0.02, 0.02], [1, 1]) == pytest.approx([0.04, 0.04])


@pytest.mark.filterwarnings("ignore:p-value")
def test_anderson_darling_is_the_sum_that_scipy_standardises() -> None:
    generator = np.random.default_rng(1)
    pairs = [(generator.normal(size=300), generator.normal(shift, 1, 200)) for shift in (0, 0.1, 0.2, 0.5)]

    ours, scipys = [], []
    for reference, current in pairs:
        edges = np.unique(np.concatenate([reference, current])).tolist()
        sides = (count_numbers(values, edges).counts for values in (reference, current))
        ours.append(measures.anderson_darling(*sides)[0])
        scipys.append(scipy.stats.anderson_ksamp([reference, current], variant="right").statistic)

    line = scipy.stats.linregress(scipys, ours)
    assert line.intercept == pytest.approx(1, abs=1e-6)
    assert line.rvalue == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(("z", "p"), [(1.2479, 0.25), (1.9330, 0.10), (2.4924, 0.05), (3.8781, 0.01)])
def test_anderson_darling_tail_has_the_tabulated_values(z: float, p: float) -> None:
    assert measures.anderson_darling_tail(z) == pytest.approx(p, abs=1e-4)


def test_anderson_darling_tail_never_rises() -> None:
    tails = [measures.anderson_darling_tail(step / 100) for step in range(10000)]

    assert tails == sorted(tails, reverse=True)
    assert tails[0] == 1
    assert tails[-1] > 0
