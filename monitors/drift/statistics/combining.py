"""Several p-values together: one for several tests of one signal, and corrected ones for several signals."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEAST, MOST = 1e-300, 0.99
"""p-values above MOST count as MOST: a p-value of exactly 1 would outweigh any other in the Cauchy combination."""


def cauchy(p_values: Sequence[float]) -> float:
    """Return one p-value for several tests of the same thing, however they depend on each other.

    Source: Liu and Xie, JASA 115 (2020). Exact in the tail; the smallest p-values decide.
    """
    if len(p_values) == 1:
        return p_values[0]
    tangents = []
    for p_value in p_values:
        p = min(max(p_value, LEAST), MOST)
        # Near 0 the tangent is 1/(πp); the difference is far below what floats hold.
        tangents.append(1 / (p * math.pi) if p < 1e-8 else math.tan((0.5 - p) * math.pi))
    mean = sum(tangents) / len(tangents)
    return 1 / (mean * math.pi) if mean > 1e8 else 0.5 - math.atan(mean) / math.pi


def holm(p_values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the p-values corrected for looking at several things at once, in the given order.

    Holm's procedure (Scand. J. Stat. 6, 1979) in its weighted form: what has weight 2 gets twice the share of
    the error that what has weight 1 gets. With the corrected values the chance that anything in an undrifted run
    falls below α is at most α, however the tests hang together.
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


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for the share of false ones among those that are found, in the given order.

    Source: Benjamini and Hochberg, JRSS B 57 (1995). What is at or below α holds at most α false ones on average.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    corrected = [0.0] * len(p_values)
    least = 1.0
    for position, index in enumerate(order):
        least = min(least, p_values[index] * len(p_values) / (len(p_values) - position))
        corrected[index] = least
    return corrected
