"""Verdicts in an order: what drift and quality say has the same steps, under words of their own."""

from __future__ import annotations

from enum import StrEnum


class Ladder(StrEnum):
    """A verdict's steps, from `not enough data` and all being well to what a person should look at first."""

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(type(self)).index(self)

    @property
    def severity(self) -> int:
        """Return 0 where there is nothing to act on, 1 for a warning, 2 for the last step."""
        return max(0, self.rank - 1)
