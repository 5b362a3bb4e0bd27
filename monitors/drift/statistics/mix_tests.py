"""Tests that two windows have the same mix of categories. Counts of a reference may be fractions (see seasons.py)."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.drift.statistics.significance import Statistic, nothing_to_test
from monitors.drift.statistics.tails import chi_squared_tail
from monitors.reporting.fisher import fisher_exact

CHI_SQUARED = "chi_squared"
FEWEST_EXPECTED = 5
"""Cochran's rule: where fewer are expected in a bin, the chi-squared approximation fails."""


def mix(reference: Sequence[float], current: Sequence[float]) -> Statistic:
    """Test categories: by chi-squared with rare ones put together, or by Fisher's exact test for two rare ones."""
    before, now = pool(reference, current)
    n, m = sum(before), sum(now)
    if (
        len(before) == 2
        and n
        and m
        and min(n, m) / (n + m) * min(map(sum, zip(before, now, strict=True))) < FEWEST_EXPECTED
    ):
        return chi_squared(before, now, exact=fisher_exact(_require_whole(before), _require_whole(now)))
    return chi_squared(before, now)


def chi_squared(reference: Sequence[float], current: Sequence[float], exact: float | None = None) -> Statistic:
    """Do Pearson's test that two windows have the same mix, with bins - 1 degrees of freedom.

    The two-sample form, SciPy's `chi2_contingency(…, correction=False)`. Evidently takes the reference for
    the exact truth (`chisquare`), which finds more in both drifted and undrifted windows.
    """
    pairs = [(r, c) for r, c in zip(reference, current, strict=True) if r or c]
    n, m = sum(reference), sum(current)
    if len(pairs) < 2 or not n or not m:
        return nothing_to_test(CHI_SQUARED)
    degrees = len(pairs) - 1
    value = sum((r * m - c * n) ** 2 / (r + c) for r, c in pairs) / (n * m)
    effective = n * m / (n + m)
    return Statistic(
        CHI_SQUARED, value, degrees, 2.0 * degrees, 1.0, effective, lambda x: chi_squared_tail(x, degrees), exact
    )


def pool(reference: Sequence[float], current: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the bins with those too rare for chi-squared put together, down to two bins."""
    n, m = sum(reference), sum(current)
    smaller = min(n, m) / (n + m) if n + m else 0.0
    pairs = sorted(((r, c) for r, c in zip(reference, current, strict=True) if r or c), key=sum)
    rare_before = rare_now = 0.0
    while len(pairs) > 2 and (rare_before + rare_now + sum(pairs[0])) * smaller < FEWEST_EXPECTED:
        r, c = pairs.pop(0)
        rare_before, rare_now = rare_before + r, rare_now + c
    if rare_before + rare_now:
        r, c = pairs.pop(0)
        pairs.append((rare_before + r, rare_now + c))
    return [r for r, _ in pairs], [c for _, c in pairs]


def _require_whole(counts: Sequence[float]) -> list[int]:
    return [round(count) for count in counts]
