"""Tests that the numbers of two windows, counted into the same bins, were drawn alike.

Counts of a reference may be fractions (see seasons.py). No test depends on the direction of the axis.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from monitors.drift.statistics.quadratic import anderson_darling_form, energy_form
from monitors.drift.statistics.significance import Statistic, nothing_to_test
from monitors.drift.statistics.tails import chi_squared_tail

ANDERSON_DARLING, ENERGY, RANKS = "anderson_darling", "energy", "ranks_within_labels"


def anderson_darling(reference: Sequence[float], current: Sequence[float]) -> Statistic:
    """Test ordered bins with weight on both tails. Values in one bin are ties and get the middle rank.

    SciPy's `anderson_ksamp(…, variant="midrank")` standardises the same sum. Turning the axis around changes nothing.
    """
    pairs, effective = _compare_ordered(reference, current)
    if len(pairs) < 2:
        return nothing_to_test(ANDERSON_DARLING)
    form = anderson_darling_form(_add_up(pairs))
    value = effective * form.value(_differences(pairs))
    _, mean, variance = form.cumulants(0.0) or (0.0, 1.0, 2.0)
    return Statistic(ANDERSON_DARLING, value, mean, variance, 0.5, effective, form.tail)


def energy(reference: Sequence[float], current: Sequence[float], edges: Sequence[float]) -> Statistic:
    """Test ordered bins by the energy distance: how far, on the axis of the values, the predictions moved.

    `edges` are the borders of the bins, one fewer than these.
    """
    widths = [(edges[min(i + 1, len(edges) - 1)] - edges[max(i - 1, 0)]) / 2 for i in range(len(edges))]
    kept: list[tuple[float, float]] = []
    stands_for: list[float] = []
    for i, (r, c) in enumerate(zip(reference, current, strict=True)):
        if r or c:
            kept.append((r, c))
            stands_for.append(0.0)
        # An empty bin adds its border's part of the axis to the border before.
        if stands_for and i < len(widths):
            stands_for[-1] += widths[i]
    n, m = sum(reference), sum(current)
    if len(kept) < 2 or not n or not m or not any(stands_for[:-1]) or not math.isfinite(sum(stands_for)):
        return nothing_to_test(ENERGY)
    effective = n * m / (n + m)
    form = energy_form(_add_up(kept), stands_for[:-1])
    _, mean, variance = form.cumulants(0.0) or (0.0, 1.0, 2.0)
    value = effective * form.value(_differences(kept))
    return Statistic(ENERGY, value, mean, variance, mean, effective, form.tail)


def ranks_within(reference: Mapping[str, Sequence[float]], current: Mapping[str, Sequence[float]]) -> Statistic:
    """Test whether scores rose or fell within their labels, whatever the label mix did.

    The rank test of van Elteren (1960): Wilcoxon's for each label, with ties at their middle rank, put together.
    """
    total = variance = effective = 0.0
    for label in reference.keys() & current.keys():
        pairs, size = _compare_ordered(reference[label], current[label])
        if len(pairs) < 2:
            continue
        n, m = (sum(side) for side in zip(*pairs, strict=True))
        both, below, ties, rank_sum = n + m, 0.0, 0.0, 0.0
        for r, c in pairs:
            rank_sum += c * (below + (r + c + 1) / 2)
            below += r + c
            ties += (r + c) ** 3 - (r + c)
        weight = 1 / (both + 1)
        total += weight * (rank_sum - m * (both + 1) / 2)
        variance += weight**2 * n * m / 12 * (both + 1 - ties / (both * (both - 1)))
        effective += size
    if variance <= 0:
        return nothing_to_test(RANKS)
    return Statistic(RANKS, total**2 / variance, 1.0, 2.0, 1.0, effective, lambda x: chi_squared_tail(x, 1))


def _compare_ordered(reference: Sequence[float], current: Sequence[float]) -> tuple[list[tuple[float, float]], float]:
    """Return the bins that are not empty, and the effective number; no bins where a window is empty."""
    n, m = sum(reference), sum(current)
    if not n or not m:
        return [], 0.0
    return [(r, c) for r, c in zip(reference, current, strict=True) if r or c], n * m / (n + m)


def _add_up(pairs: Sequence[tuple[float, float]]) -> list[float]:
    total = sum(map(sum, pairs))
    return [(r + c) / total for r, c in pairs]


def _differences(pairs: Sequence[tuple[float, float]]) -> list[float]:
    """Return the differences of the cumulated shares at the borders between the bins."""
    n, m = (sum(side) for side in zip(*pairs, strict=True))
    differences, f, g = [], 0.0, 0.0
    for r, c in pairs[:-1]:
        f, g = f + r, g + c
        differences.append(f / n - g / m)
    return differences
