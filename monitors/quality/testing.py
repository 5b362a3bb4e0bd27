"""The two tests of a verdict: is a share of correct predictions, or a mean, worse than it was?

Both are one-sided: that a model got better needs no alarm. Both know that days differ by more than chance: `between`
is the variance that this adds to the difference of the two sides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from monitors.reporting.fisher import fisher_mid_p

LEAST_P, LARGEST_P = 1e-300, 0.5
FEWEST_DAYS = 7
"""Fewer days do not show how much days differ."""
FEWEST_ROWS_OF_A_DAY = 20
NORMAL = NormalDist()


@dataclass(frozen=True)
class Mean:
    """A mean as it is stored: rows, their sum, and the sum of their squares."""

    rows: int
    sum: float
    squares: float

    @property
    def value(self) -> float:
        """Return the mean."""
        return self.sum / self.rows

    @property
    def variance(self) -> float:
        """Return the variance of the rows; infinite for a single one."""
        if self.rows < 2:
            return math.inf
        return max(0.0, self.squares - self.sum * self.sum / self.rows) / (self.rows - 1)

    @property
    def squared_error(self) -> float:
        """Return the variance of the mean."""
        return self.variance / self.rows


def share_fell(correct_before: int, rows_before: int, correct_now: int, rows_now: int, between: float = 0.0) -> float:
    """Return the p-value for "the share is as before" against "it fell": Fisher's exact test with mid-p.

    `between` widens the test as it would widen a normal distribution.
    """
    p_value = fisher_mid_p(correct_before, rows_before, correct_now, rows_now)
    if not between or p_value >= LARGEST_P:
        return p_value
    share = (correct_before + correct_now) / (rows_before + rows_now)
    by_chance = share * (1 - share) * (1 / rows_before + 1 / rows_now)
    distance = -NORMAL.inv_cdf(max(p_value, LEAST_P))
    return _tail(distance * math.sqrt(by_chance / (by_chance + between)))


def mean_rose(before: Mean, now: Mean, between: float = 0.0) -> float:
    """Return the p-value for "the mean is as before" against "it rose", from the normal approximation (Welch)."""
    if before.rows < 2 or now.rows < 2:
        return 1.0
    error = math.sqrt(before.squared_error + now.squared_error + between)
    difference = now.value - before.value
    if not error:
        return 0.0 if difference > 0 else 1.0
    return _tail(difference / error)


def variance_between(days: Sequence[Mean]) -> float:
    """Return the variance of the days' means beyond what chance explains; 0 where there are too few days to tell.

    By the method of moments, as of random effects (DerSimonian and Laird, 1986, with the rows as weights).
    """
    days = [each for each in days if each.rows >= FEWEST_ROWS_OF_A_DAY]
    if len(days) < FEWEST_DAYS:
        return 0.0
    rows = sum(each.rows for each in days)
    mean = sum(each.sum for each in days) / rows
    within = sum(each.variance * (each.rows - 1) for each in days) / (rows - len(days))
    spread = sum(each.rows * (each.value - mean) ** 2 for each in days)
    return max(0.0, (spread - (len(days) - 1) * within) / (rows - sum(each.rows**2 for each in days) / rows))


def _tail(distance: float) -> float:
    return 0.5 * math.erfc(distance / math.sqrt(2))
