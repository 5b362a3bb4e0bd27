"""Labels that the model no longer gives: too small a share for the mix to change much, and yet a sure sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitors.drift.statistics.distribution import MISSING, OTHER, Distribution
from monitors.drift.statistics.significance import NO_DISPERSION, Dispersion
from monitors.reporting.fisher import fisher_exact

GONE = 0.1
"""A label has vanished where at most this part of its usual share is left."""
FEWEST_EXPECTED = 3


@dataclass(frozen=True)
class Vanished:
    """The label whose absence is the surest; `p_value` is corrected for the number of labels that were looked at."""

    label: str
    p_value: float
    usual_share: float
    share: float


def find_vanished(before: Distribution, now: Distribution, dispersions: Mapping[str, Dispersion]) -> Vanished | None:
    """Return the label that most surely vanished, or None where no label is gone.

    The test is exact and one-sided. Where a label comes in bursts, so that whole hours have none of it, the chance of
    so few follows from a negative binomial distribution with the variance that was measured (`dispersions`, by label).
    """
    n, m = before.total, now.total
    candidates = 0
    found: Vanished | None = None
    for label, usual, count in zip(before.bins, before.counts, now.counts, strict=True):
        if label in (MISSING, OTHER) or not usual or not n or not m or m * usual / n < FEWEST_EXPECTED:
            continue
        candidates += 1
        if count > GONE * m * usual / n:
            continue
        reference = (round(n - usual), round(usual))
        chance = fisher_exact((reference[1], reference[0]), (round(count), round(m - count)), only_fewer=True)
        dispersion = dispersions.get(label, NO_DISPERSION)
        p_value = max(chance, _in_bursts(m * usual / n, dispersion.excess * n * m / (n + m)))
        if found is None or p_value < found.p_value:
            found = Vanished(label, p_value, usual / n, count / m)
    if found is None:
        return None
    return Vanished(found.label, min(1.0, found.p_value * candidates), found.usual_share, found.share)


def _in_bursts(expected: float, surplus: float) -> float:
    """Return the chance of none where `expected` come on average, with (1 + surplus) times the variance of chance."""
    return (1 + surplus) ** (-expected / surplus) if surplus > 1e-9 else 0.0
