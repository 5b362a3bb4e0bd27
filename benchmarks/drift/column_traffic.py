"""Rows of an input of fifty columns, hour by hour, and the changes that are tried on them (columns.py says which)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

START = datetime(2026, 5, 4, tzinfo=UTC)
DAYS, WEEK = 14, 168
NUMERIC, CATEGORICAL = 30, 20
Array = np.ndarray
Change = Callable[[int, Array], Array]


@dataclass
class Column:
    """How one column is made; `level` is where it stands this hour, `day` its share of that for the whole day."""

    number: int
    phase: float
    shares: Array | None
    level: float = 0.0
    day: float = 0.0
    edges: tuple[float, ...] = field(default=())

    @property
    def swings(self) -> bool:
        """Whether it has a daily swing."""
        return self.number % 2 == 0 if self.shares is None else (self.number - NUMERIC) < 8

    @property
    def moves(self) -> bool:
        """Whether it moves by itself."""
        return self.number % 3 == 0 if self.shares is None else (self.number - NUMERIC) % 5 < 2

    @property
    def missing(self) -> float:
        """The share of missing values."""
        return 0.3 if self.number in (1, 7, 13, 33, 41) else 0.0


class Traffic:
    """Rows of each hour, in order."""

    def __init__(self, seed: int, an_hour: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.an_hour = an_hour
        self.columns = [
            Column(
                number,
                self.chance.uniform(0, 2 * np.pi),
                self.chance.dirichlet(np.ones(self.chance.integers(3, 22))) if number >= NUMERIC else None,
            )
            for number in range(NUMERIC + CATEGORICAL)
        ]

    def draw(self, hour: int, change: Change | None = None, lifted: Mapping[int, float] | None = None) -> list[Array]:
        """Return the columns of an hour. `lifted` columns stand so many standard deviations higher."""
        common = self.chance.normal(size=self.an_hour)
        rows = []
        for column in self.columns:
            size = 0.1 if column.shares is None else 0.15
            column.day = self.chance.normal(0, size) if hour % 24 == 0 else column.day
            column.level = 0.6 * column.level + 0.8 * self.chance.normal(0, size)
            at = 0.3 * np.sin(2 * np.pi * hour / 24 + column.phase) if column.swings else 0.0
            at += (column.day + column.level) / np.sqrt(2) if column.moves else 0.0
            at += (lifted or {}).get(column.number, 0.0)
            values = self._values(column, at, common)
            values = change(column.number, values) if change else values
            values[self.chance.random(self.an_hour) < column.missing] = np.nan
            rows.append(values)
        return rows

    def _values(self, column: Column, at: float, common: Array) -> Array:
        if column.shares is not None:
            tilted = column.shares * np.exp(at * np.linspace(-1, 1, len(column.shares)))
            return self.chance.choice(len(tilted), self.an_hour, p=tilted / tilted.sum()).astype(float)
        values: Array = 0.4 * common + np.sqrt(1 - 0.16) * self.chance.normal(size=self.an_hour) + at
        return np.exp(values) if column.number % 3 == 1 else np.round(2 * values) if column.number % 3 == 2 else values


def remove(chosen: int, share: float, chance: np.random.Generator) -> Change:
    """Return a change that takes away a share of one column's values."""

    def change(number: int, values: Array) -> Array:
        if number == chosen:
            values[chance.random(len(values)) < share] = np.nan
        return values

    return change


def double(chosen: int, column: Column, chance: np.random.Generator) -> Change:
    """Return a change that lifts the category nearest to 5 % by five points."""
    assert column.shares is not None
    target = int(np.argmin(np.abs(column.shares - 0.05)))

    def change(number: int, values: Array) -> Array:
        if number == chosen:
            values[chance.random(len(values)) < 0.05 / (1 - column.shares[target])] = target
        return values

    return change
