"""The two tests of a verdict: is a share of correct predictions, or a mean, worse than it was?

Both are one-sided: that a model got better needs no alarm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitors.reporting.fisher import fisher_mid_p


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
    def squared_error(self) -> float:
        """Return the variance of the mean."""
        if self.rows < 2:
            return math.inf
        spread = max(0.0, self.squares - self.sum * self.sum / self.rows)
        return spread / (self.rows - 1) / self.rows


def share_fell(correct_before: int, rows_before: int, correct_now: int, rows_now: int) -> float:
    """Return the p-value for "the share is as before" against "it fell"."""
    return fisher_mid_p(correct_before, rows_before, correct_now, rows_now)


def mean_rose(before: Mean, now: Mean) -> float:
    """Return the p-value for "the mean is as before" against "it rose", from the normal approximation (Welch)."""
    if before.rows < 2 or now.rows < 2:
        return 1.0
    error = math.sqrt(before.squared_error + now.squared_error)
    difference = now.value - before.value
    if not error:
        return 0.0 if difference > 0 else 1.0
    return 0.5 * math.erfc(difference / error / math.sqrt(2))
