"""The two tests of a verdict: is a share of correct predictions, or a mean, worse than it was?

Both are one-sided: that a model got better needs no alarm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NEGLIGIBLE = 1e-17


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
    """Return the p-value for "the share is as before" against "it fell": Fisher's exact test with mid-p.

    Exact also where hardly a prediction is wrong; mid-p since Fisher's own test is conservative. (Lancaster 1961;
    Agresti, Categorical Data Analysis, 3.5.6.)
    """
    wrong_before, wrong_now = rows_before - correct_before, rows_now - correct_now
    rows, wrong = rows_before + rows_now, wrong_before + wrong_now
    if not rows_before or not rows_now or not wrong:
        return 1.0
    if wrong_now * rows < wrong * rows_now:  # it rose; the other way round nothing underflows
        return 1.0 - share_fell(correct_now, rows_now, correct_before, rows_before)
    # How many of all wrong ones fall into the rows of now, if it is a matter of chance: hypergeometric.
    probability = math.exp(
        _log_choose(rows_now, wrong_now) + _log_choose(rows_before, wrong - wrong_now) - _log_choose(rows, wrong)
    )
    tail = 0.5 * probability
    for count in range(wrong_now, min(wrong, rows_now)):
        probability *= (rows_now - count) * (wrong - count) / ((count + 1) * (rows_before - wrong + count + 1))
        tail += probability
        if probability < NEGLIGIBLE * tail:
            break
    return min(1.0, tail)


def mean_rose(before: Mean, now: Mean) -> float:
    """Return the p-value for "the mean is as before" against "it rose", from the normal approximation (Welch)."""
    if before.rows < 2 or now.rows < 2:
        return 1.0
    error = math.sqrt(before.squared_error + now.squared_error)
    difference = now.value - before.value
    if not error:
        return 0.0 if difference > 0 else 1.0
    return 0.5 * math.erfc(difference / error / math.sqrt(2))


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
