"""Tail probabilities of the distributions that the tests need. Pure Python, so that the function needs no SciPy."""

from __future__ import annotations

import math


def chi_squared_tail(x: float, degrees: int) -> float:
    """Return P(χ² > x) for whole degrees of freedom: Abramowitz and Stegun 26.4.4 and 26.4.5."""
    half = x / 2
    if degrees % 2:
        total, first = math.erfc(math.sqrt(half)), 0.5
    else:
        total, first = 0.0, 0.0
    for step in range(degrees // 2):
        power = step + first
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1)) if half else float(power == 0)
    return min(total, 1.0)


def kolmogorov_tail(x: float) -> float:
    """Return P(K > x) = 2 Σ (-1)^(k-1) exp(-2 k² x²); below 0.5 by the theta-function form, which converges there."""
    if x < 0.1:
        return 1.0
    if x < 0.5:
        terms = (math.exp(-((2 * k - 1) ** 2) * math.pi**2 / (8 * x * x)) for k in range(1, 6))
        return 1.0 - math.sqrt(2 * math.pi) / x * sum(terms)
    return min(1.0, 2 * sum((-1.0) ** (k - 1) * math.exp(-2 * k * k * x * x) for k in range(1, 21)))


def normal_tail(z: float) -> float:
    """Return P(Z > z) of the standard normal distribution."""
    return math.erfc(z / math.sqrt(2)) / 2


def f_tail(x: float, numerator: float, denominator: float) -> float:
    """Return P(F > x) for the two degrees of freedom, which need not be whole; the denominator may be infinite.

    With an infinite denominator this is the tail of χ²/d with d = numerator degrees of freedom (a gamma distribution).
    """
    if x <= 0:
        return 1.0
    if denominator > 1e5:
        return gamma_tail(numerator / 2, numerator * x / 2)
    return _beta_tail(denominator / 2, numerator / 2, denominator / (denominator + numerator * x))


def gamma_tail(shape: float, x: float) -> float:
    """Return P(G > x) of the gamma distribution with scale 1: Numerical Recipes 6.2, series and continued fraction."""
    if x <= 0:
        return 1.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        step = shape
        while term > total * 1e-15:
            step += 1
            term *= x / step
            total += term
        return max(0.0, 1 - front * total)
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, 500):
        a = -i * (i - shape)
        b += 2
        d = 1 / _not_zero(a * d + b)
        c = _not_zero(b + a / c)
        fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * fraction


def _beta_tail(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b): Numerical Recipes 6.4."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 500):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + factor * d)
            c = _not_zero(1 + factor / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
