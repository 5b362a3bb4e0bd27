"""How sure a change is: what a test gives, and its p-value given how much it varies from hour to hour."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from monitors.drift.statistics.tails import f_tail

FISHER = "fisher"


@dataclass(frozen=True)
class Dispersion:
    """How much more a statistic varies from hour to hour than chance alone explains (see dispersion.py).

    Beside chance the shares themselves move: a statistic is 1 + excess · n_eff times as large as expected by chance.
    `degrees` says from how many independent hours that was measured.
    """

    excess: float = 0.0
    degrees: float = math.inf


NO_DISPERSION = Dispersion()


@dataclass(frozen=True)
class Statistic:
    """A test's result, before anything is known of the natural variation from hour to hour."""

    name: str
    value: float
    expected: float
    """What the value is on average when nothing changed."""
    variance: float
    """Its variance then."""
    leading: float
    """How much of `expected` comes from the one direction in which the shares may vary most."""
    effective: float
    """n·m / (n + m), to which the value grows in proportion when something changed."""
    tail: Callable[[float], float]
    """P(statistic > x) when nothing changed."""
    exact: float | None = None
    """The p-value of an exact test, for counts that are too small for `tail`."""

    @property
    def test(self) -> str:
        """What the test is called where it is reported."""
        return self.name if self.exact is None else FISHER

    @property
    def ratio(self) -> float:
        """The value as a multiple of what chance alone gives."""
        return self.value / self.expected if self.expected else 0.0

    def p_value(self, dispersion: Dispersion = NO_DISPERSION) -> float:
        """Return the chance of such a value, given how much it varies from hour to hour.

        The variation may lie in any direction. It is taken to lie in a single one, which gives the heaviest tail.
        """
        surplus = dispersion.excess * self.effective
        if surplus <= 0:
            return self.tail(self.value) if self.exact is None else self.exact
        by_chance = self.tail(self.value / (1 + surplus)) if self.exact is None else self.exact
        moved = self.leading + self.expected * surplus
        variance = self.variance + 2 * (moved**2 - self.leading**2)
        mean = self.expected * (1 + surplus)
        # Satterthwaite: chance is known, the variation was measured with some degrees of freedom.
        degrees = dispersion.degrees * ((1 + surplus) / surplus) ** 2
        return max(by_chance, f_tail(self.value / mean, 2 * mean**2 / variance, degrees))


def nothing_to_test(name: str) -> Statistic:
    """Return the statistic of windows that cannot differ: one is empty, or all lies in one bin."""
    return Statistic(name, 0.0, 0.0, 0.0, 0.0, 0.0, lambda _: 1.0)
