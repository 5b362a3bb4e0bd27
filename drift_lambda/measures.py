"""Distances and tests between two windows, from their counts alone.

Pure Python: a window is at most some dozens of bins, so nothing here needs an array library.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

ZERO_SHARE = 0.0001


def _shares(counts: Sequence[float]) -> list[float]:
    total = sum(counts)
    if not total:
        raise ValueError("an empty window has no shares")
    return [count / total for count in counts]


def psi(reference: Sequence[int], current: Sequence[int]) -> float:
    """Population stability index, Σ (c - r) · ln(c / r) over the bins' shares.

    Source: Siddiqi, Credit Risk Scorecards (2006), with 0.1 and 0.25 as the customary limits. An empty bin
    counts as the share 0.0001, as in Evidently (which goes lower where another bin holds less than that).
    """
    pairs = zip(_shares(reference), _shares(current), strict=True)
    return sum((c - r) * math.log(c / r) for r, c in ((r or ZERO_SHARE, c or ZERO_SHARE) for r, c in pairs if r or c))


def jensen_shannon(reference: Sequence[int], current: Sequence[int]) -> float:
    """Jensen-Shannon distance: the root of the divergence to base 2, from 0 (same) to 1 (nothing in common).

    Source: Endres and Schindelin, IEEE Trans. Inf. Theory 49 (2003). Equal to SciPy's
    `jensenshannon(…, base=2)` and NannyML's; Evidently's is to base e, that is √ln 2 = 0.8326 of this one.
    """
    divergence = 0.0
    for r, c in zip(_shares(reference), _shares(current), strict=True):
        middle = (r + c) / 2
        divergence += sum(share * math.log2(share / middle) / 2 for share in (r, c) if share)
    return math.sqrt(max(divergence, 0.0))


def total_variation(reference: Sequence[int], current: Sequence[int]) -> float:
    """Half the sum of the share changes: the part of the predictions that changed bins, from 0 to 1."""
    return sum(abs(r - c) for r, c in zip(_shares(reference), _shares(current), strict=True)) / 2


def chi_squared(reference: Sequence[int], current: Sequence[int]) -> tuple[float, float]:
    """Pearson's test that two windows have the same mix: (statistic, p), with bins - 1 degrees of freedom.

    The two-sample form, SciPy's `chi2_contingency(…, correction=False)`. Evidently takes the reference for
    the exact truth (`chisquare`), which finds more in both drifted and undrifted windows.
    """
    pairs = [(r, c) for r, c in zip(reference, current, strict=True) if r or c]
    n, m = sum(reference), sum(current)
    if len(pairs) < 2 or not n or not m:
        return 0.0, 1.0
    statistic = sum((r * m - c * n) ** 2 / (r + c) for r, c in pairs) / (n * m)
    return statistic, chi_squared_tail(statistic, len(pairs) - 1)


def chi_squared_tail(x: float, degrees: int) -> float:
    """P(χ² > x) for whole degrees of freedom: Abramowitz and Stegun 26.4.4 and 26.4.5."""
    half = x / 2
    if degrees % 2:
        total, first = math.erfc(math.sqrt(half)), 0.5
    else:
        total, first = 0.0, 0.0
    for step in range(degrees // 2):
        power = step + first
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1)) if half else float(power == 0)
    return min(total, 1.0)


def fisher_exact(reference: Sequence[int], current: Sequence[int]) -> float:
    """Two-sided p of Fisher's exact test for two bins: every table that is no likelier than the one seen.

    For shares so small that the chi-squared approximation fails. Equal to SciPy's `fisher_exact`. Costs one
    step per possible table, at most the smaller of the row and column sums.
    """
    (a, b), (c, d) = reference, current
    row, column, total = a + b, a + c, a + b + c + d
    if not row or row == total or not column or column == total:
        return 1.0
    lowest, highest = max(0, row + column - total), min(row, column)
    logs = [
        _log_choose(column, k) + _log_choose(total - column, row - k) - _log_choose(total, row)
        for k in range(lowest, highest + 1)
    ]
    seen = logs[a - lowest] + 1e-7
    return min(1.0, math.fsum(math.exp(value) for value in logs if value <= seen))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def kolmogorov_smirnov(reference: Sequence[int], current: Sequence[int]) -> tuple[float, float]:
    """Two-sample test on ordered bins: (largest difference of the cumulated shares, p).

    On single values it is SciPy's `ks_2samp` statistic; on bins it can only be smaller, so the p-value is on
    the safe side. p is Kolmogorov's limit (Smirnov, Ann. Math. Stat. 19, 1948), that is SciPy's
    `special.kolmogorov(√(nm/(n+m)) D)`; `ks_2samp` adds a correction for small samples, which makes its p
    smaller: by less than 0.03 from 200 values on.
    """
    cumulated = zip(
        *(itertools.accumulate(_shares(counts)) for counts in (reference, current)),
        strict=True,
    )
    distance = max(abs(r - c) for r, c in cumulated)
    n, m = sum(reference), sum(current)
    return distance, kolmogorov_tail(math.sqrt(n * m / (n + m)) * distance)


def anderson_darling(reference: Sequence[int], current: Sequence[int]) -> tuple[float, float]:
    """Two-sample test on ordered bins that weighs the tails: (A², p).

    Finds a moved distribution more often than Kolmogorov-Smirnov (docs/decisions/0012-drift-rule.md). A² is
    equation 6 of Scholz and Stephens, JASA 82 (1987), for two samples; SciPy's `anderson_ksamp(…, midrank=False)`
    standardises the same sum. p is the limit for single values: on bins it is on the safe side.
    """
    n, m = sum(reference), sum(current)
    statistic = f = g = 0.0
    for r, c in zip(reference, current, strict=True):
        f, g = f + r, g + c
        if 0 < f + g < n + m:
            statistic += (r + c) * (f * m - g * n) ** 2 / ((f + g) * (n + m - f - g))
    statistic /= n * m
    return statistic, anderson_darling_tail(statistic)


def anderson_darling_tail(z: float) -> float:
    """P(A² > z) in the limit, to 2e-6: Marsaglia and Marsaglia, J. Stat. Software 9 (2004).

    Their polynomial leaves the true tail beyond 10, where p is below 1e-5; from there on it falls as exp(-z).
    """
    if z < 0.01:
        return 1.0
    if z < 2:
        inner = (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z
        series = 2.00012 + (0.247105 - (0.0649821 - inner) * z) * z
        return 1 - math.exp(-1.2337141 / z) / math.sqrt(z) * series
    x = min(z, 10.0)
    inner = (0.082433 - (0.008056 - 0.0003146 * x) * x) * x
    exponent = 1.0776 - (2.30695 - (0.43424 - inner) * x) * x
    return -math.expm1(-math.exp(exponent)) * math.exp(x - z)


def kolmogorov_tail(x: float) -> float:
    """P(K > x) = 2 Σ (-1)^(k-1) exp(-2 k² x²); below 0.5 by the theta-function form, which converges."""
    if x < 0.1:
        return 1.0
    if x < 0.5:
        terms = (math.exp(-((2 * k - 1) ** 2) * math.pi**2 / (8 * x * x)) for k in range(1, 6))
        return 1.0 - math.sqrt(2 * math.pi) / x * sum(terms)
    return min(
        1.0,
        2 * sum((-1.0) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 21)),
    )


def pooled(reference: Sequence[int], current: Sequence[int], expected: float = 5) -> tuple[list[int], list[int]]:
    """Bins too rare for chi-squared put together (Cochran: at least 5 expected), down to two bins."""
    n, m = sum(reference), sum(current)
    smaller = min(n, m) / (n + m) if n + m else 0.0
    pairs = sorted(((r, c) for r, c in zip(reference, current, strict=True) if r or c), key=sum)
    while len(pairs) > 2 and sum(pairs[0]) * smaller < expected:
        first, second, *rest = pairs
        pairs = sorted([(first[0] + second[0], first[1] + second[1]), *rest], key=sum)
    return [r for r, _ in pairs], [c for _, c in pairs]


def mix_test(reference: Sequence[int], current: Sequence[int]) -> tuple[str, float, float]:
    """(name, statistic, p) of the right test for categories: chi-squared, or Fisher's for two rare bins."""
    before, now = pooled(reference, current)
    n, m = sum(before), sum(now)
    if len(before) == 2 and n and m and min(n, m) / (n + m) * min(before[0] + now[0], before[1] + now[1]) < 5:
        return "fisher", 0.0, fisher_exact(before, now)
    return "chi_squared", *chi_squared(before, now)


def holm(p_values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """p-values corrected for looking at several signals at once, in the given order.

    Holm's procedure (Scand. J. Stat. 6, 1979) in its weighted form: a signal of weight 2 gets twice the share of
    the error that one of weight 1 gets. With the corrected values the chance that any signal of an undrifted run
    falls below α is at most α, however the signals hang together.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index] / weights[index])
    remaining = sum(weights)
    corrected = [0.0] * len(p_values)
    worst = 0.0
    for index in order:
        worst = max(worst, min(1.0, p_values[index] / weights[index] * remaining))
        corrected[index] = worst
        remaining -= weights[index]
    return corrected
