"""Fisher's exact test for two counts in two windows, and the binomial coefficients that it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

NEGLIGIBLE = 1e-17


def fisher_exact(reference: Sequence[int], current: Sequence[int], *, only_fewer: bool = False) -> float:
    """Return the p-value of Fisher's exact test for two bins: every table that is no likelier than the one seen.

    With `only_fewer` it is one-sided: the chance of as few, or fewer, in the current window's first bin. Equal to
    SciPy's `fisher_exact`. It costs one step per possible table, at most the smaller of the row and column sums.
    """
    (a, b), (c, d) = reference, current
    row, column, total = a + b, a + c, a + b + c + d
    if not row or row == total or not column or column == total:
        return 1.0
    lowest, highest = max(0, row + column - total), min(row, column)
    if only_fewer:
        lowest = a
    logs = [
        log_choose(column, k) + log_choose(total - column, row - k) - log_choose(total, row)
        for k in range(lowest, highest + 1)
    ]
    seen = math.inf if only_fewer else logs[a - lowest] + 1e-7
    return min(1.0, math.fsum(math.exp(value) for value in logs if value <= seen))


def fisher_mid_p(correct_before: int, rows_before: int, correct_now: int, rows_now: int) -> float:
    """Return the p-value for "the share is as before" against "it fell": Fisher's exact test with mid-p.

    Exact also where hardly a row is wrong; mid-p since Fisher's own test is conservative. (Lancaster 1961; Agresti,
    Categorical Data Analysis, 3.5.6.)
    """
    wrong_before, wrong_now = rows_before - correct_before, rows_now - correct_now
    rows, wrong = rows_before + rows_now, wrong_before + wrong_now
    if not rows_before or not rows_now or not wrong:
        return 1.0
    if wrong_now * rows < wrong * rows_now:  # it rose; the other way round nothing underflows
        return 1.0 - fisher_mid_p(correct_now, rows_now, correct_before, rows_before)
    # The number of wrong rows that are in the window, if it is a matter of chance, is hypergeometric.
    probability = math.exp(
        log_choose(rows_now, wrong_now) + log_choose(rows_before, wrong - wrong_now) - log_choose(rows, wrong)
    )
    tail = 0.5 * probability
    for count in range(wrong_now, min(wrong, rows_now)):
        probability *= (rows_now - count) * (wrong - count) / ((count + 1) * (rows_before - wrong + count + 1))
        tail += probability
        if probability < NEGLIGIBLE * tail:
            break
    return min(1.0, tail)


def log_choose(total: int, chosen: int) -> float:
    """Return the logarithm of the binomial coefficient."""
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)
