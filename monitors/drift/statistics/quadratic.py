"""Tests of binned numbers: quadratic forms in the differences of the cumulated shares.

When nothing changed, √n_eff times these differences are a Brownian bridge at the edges of the bins. The inverse of its
covariance is tridiagonal, and so are the forms used here. So the null distribution of each, a weighted sum of χ²₁, is
computed for just these bins, with all their ties, by a saddlepoint approximation in a time proportional to the bins.
Sources: Scholz and Stephens, JASA 82 (1987), for the statistic with midranks; Kuonen, Biometrika 86 (1999), for the
saddlepoint approximation of quadratic forms.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitors.drift.statistics.tails import gamma_tail, normal_tail

NEAR_MEAN = 2.0
"""Below so many times the mean the saddlepoint formula is numerically unstable; a gamma distribution serves there."""


@dataclass(frozen=True)
class Form:
    """x'Mx over the values x of a Brownian bridge at points between 0 and 1, M being tridiagonal.

    `steps` are the distances between the points (one more than there are points), `diagonal` and `beside` are M.
    """

    steps: tuple[float, ...]
    diagonal: tuple[float, ...]
    beside: tuple[float, ...]

    def value(self, x: Sequence[float]) -> float:
        """Return the form's value."""
        crossed = (2 * o * a * b for o, (a, b) in zip(self.beside, itertools.pairwise(x), strict=True))
        return sum(m * a * a for m, a in zip(self.diagonal, x, strict=True)) + sum(crossed)

    def cumulants(self, t: float) -> tuple[float, float, float] | None:
        """Return K(t), K'(t), K''(t) of the form's cumulant generating function; None beyond where it exists."""
        log_det = first = second = 0.0
        d = d1 = d2 = 1.0
        for i, m in enumerate(self.diagonal):
            pivot, pivot1, pivot2 = 1 / self.steps[i] + 1 / self.steps[i + 1] - 2 * t * m, -2 * m, 0.0
            if i:
                o = self.beside[i - 1]
                b, b1 = -1 / self.steps[i] - 2 * t * o, -2 * o
                ratio = b / d
                slope = b1 / d - b * d1 / (d * d)
                bend = -2 * b1 * d1 / (d * d) - b * d2 / (d * d) + 2 * b * d1 * d1 / d**3
                pivot -= b * ratio
                pivot1 -= b1 * ratio + b * slope
                pivot2 -= 2 * b1 * slope + b * bend
            if pivot <= 0:
                return None
            d, d1, d2 = pivot, pivot1, pivot2
            log_det += math.log(d)
            first += d1 / d
            second += d2 / d - (d1 / d) ** 2
        # The determinant of the bridge's precision matrix is the product of 1/steps times the sum of the steps, 1.
        log_det += sum(map(math.log, self.steps))
        return -log_det / 2, -first / 2, -second / 2

    def tail(self, x: float) -> float:
        """Return P(form > x) when nothing changed."""
        at_zero = self.cumulants(0.0)
        if at_zero is None or at_zero[1] <= 0:
            return 1.0
        _, mean, variance = at_zero
        shape = mean * mean / variance
        if x <= NEAR_MEAN * mean:
            return gamma_tail(shape, shape * x / mean)
        t, (k, _, k2) = self._saddlepoint(x)
        w, u = math.sqrt(max(2 * (t * x - k), 1e-300)), t * math.sqrt(k2)
        # In the far tail both terms underflow; their sum would be 0 - 0.
        density = math.exp(-w * w / 2) / math.sqrt(2 * math.pi)
        return min(1.0, max(normal_tail(w) + density * (1 / u - 1 / w), 0.0))

    def _saddlepoint(self, x: float) -> tuple[float, tuple[float, float, float]]:
        """Return t with K'(t) = x, and the cumulants there: by Newton's method, kept between bounds by bisection."""
        low, found_low = 0.0, self.cumulants(0.0)
        assert found_low is not None
        # The weights of the χ² add up to the mean; K exists up to half the inverse of the largest.
        high, step = math.inf, 1 / (4 * found_low[1])
        for _ in range(100):
            t = low + step if math.isinf(high) else min(low + step, (low + high) / 2)
            found = self.cumulants(t)
            if found is None or found[1] > x:
                high = t
                step = (high - low) / 2
                continue
            low, found_low = t, found
            if x - found[1] < 1e-6 * x or high - low < 1e-13 * low:
                break
            # K' is convex, so that Newton's step from below may be too long, and is halved then.
            step = (x - found[1]) / found[2]
        return low, found_low


def anderson_darling_form(shares: Sequence[float]) -> Form:
    """Return the Anderson-Darling form with midranks: each bin counts by the middle of its cumulated shares.

    Its mean is 1. `shares` are those of both windows together, none of them 0.
    """
    diagonal, beside = [0.0] * (len(shares) - 1), [0.0] * (len(shares) - 2)
    below = 0.0
    for j, share in enumerate(shares):
        middle = below + share / 2
        weight = share / (middle * (1 - middle) - share / 4) / 4
        if j:
            diagonal[j - 1] += weight
        if j < len(shares) - 1:
            diagonal[j] += weight
        if 0 < j < len(shares) - 1:
            beside[j - 1] += weight
        below += share
    return Form(tuple(shares), tuple(diagonal), tuple(beside))


def energy_form(shares: Sequence[float], widths: Sequence[float]) -> Form:
    """Return the form of the energy distance: the squared differences, integrated over the values themselves.

    `widths` says how much of the axis each point between two bins stands for.
    """
    scale = max(widths) or 1.0
    return Form(tuple(shares), tuple(width / scale for width in widths), (0.0,) * max(len(widths) - 1, 0))
