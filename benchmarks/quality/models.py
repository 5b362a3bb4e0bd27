"""Models whose quality is simulated: sums of rows by week and hour, and how far a look is from the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitors.quality.correctness import Task
from monitors.quality.judging import Rule
from monitors.quality.measures import Errors, LabelQuality
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean

Sums = np.ndarray
"""Weeks x hours x numbers that are summed; the first of these is the number of rows."""
BLOCK = 50
ALL = 0.999
"""Hours of which this share has arrived count as whole."""


@dataclass(frozen=True)
class Classifier:
    """A classifier with evenly frequent labels."""

    accuracy: float
    labels: int = 2

    def draw(
        self, generator: np.random.Generator, weeks: int, rates: np.ndarray, points: float, fall: float, change: int
    ) -> Sums:
        """Return the rows, those of each label, and the right ones of each label."""
        days = -(-len(rates) // 24)
        of_day = np.repeat(generator.normal(0, points / 100, (weeks, days)), 24, axis=1)[:, : len(rates)]
        level = self.accuracy + of_day
        level[:, change:] -= fall
        level = np.clip(level, 0, 1)[:, :, None]
        support = generator.poisson(rates[None, :, None] / self.labels, (weeks, len(rates), self.labels))
        right = generator.binomial(support, level)
        return np.concatenate([support.sum(axis=2, keepdims=True), support, right], axis=2).astype(np.int32)

    def thin(self, rows: Sums, shares: np.ndarray, luck: np.ndarray) -> Sums:
        """Return the rows of which these shares, by hour, have arrived.

        `luck` says of the right and the wrong rows of each hour whether they come early. It stays the same from look to
        look, so that what has arrived stays there.
        """
        late = shares < ALL
        support, right = rows[:, late, 1 : 1 + self.labels], rows[:, late, 1 + self.labels :]
        share = shares[late][None, :, None]
        sides = zip((right, support - right), (luck[:, late, : self.labels], luck[:, late, self.labels :]), strict=True)
        right_now, wrong_now = (_arrived(side, share, early) for side, early in sides)
        now = right_now + wrong_now
        found = rows.copy()
        found[:, late] = np.concatenate([now.sum(axis=2, keepdims=True), now, right_now], axis=2)
        return found

    def quality(self, sums: np.ndarray) -> Quality:
        """Return the quality of rows with these sums."""
        support, right = sums[1 : 1 + self.labels], sums[1 + self.labels :]
        labels = tuple(
            LabelQuality(str(number), int(total), int(total), int(met))
            for number, (total, met) in enumerate(zip(support, right, strict=True))
        )
        return Quality(Task.CLASSIFICATION, int(sums[0]), int(right.sum()), labels)

    def days(self, hours: np.ndarray) -> list[Mean]:
        """Return the mean of each day of a reference."""
        sums = hours.reshape(-1, 24, hours.shape[1]).sum(axis=1)
        right = sums[:, 1 + self.labels :].sum(axis=1)
        return [Mean(int(rows), int(met), int(met)) for rows, met in zip(sums[:, 0], right, strict=True)]

    def distance(self, before: Sums, now: Sums, reference_days: float, days: np.ndarray, rule: Rule) -> np.ndarray:
        """Return by how many standard errors the accuracy fell, or the recall of the label that fell most."""
        right_before, right_now = (side[:, 1 + self.labels :].sum(axis=1) for side in (before, now))
        whole = _fallen(before[:, 0], right_before, now[:, 0], right_now, reference_days, days, rule)
        found = np.where(now[:, 0] >= rule.minimum, whole, -9.0)
        for label in range(1, 1 + self.labels):
            was, is_ = before[:, label], now[:, label]
            each = _fallen(
                was, before[:, label + self.labels], is_, now[:, label + self.labels], reference_days, days, rule
            )
            is_judged = (now[:, 0] >= rule.minimum) & (is_ >= rule.label_minimum)
            found = np.maximum(found, np.where(is_judged, each - 0.6, -9.0))
        return found


def _arrived(rows: np.ndarray, share: np.ndarray, luck: np.ndarray) -> np.ndarray:
    found = np.rint(rows * share + luck * np.sqrt(rows * share * (1 - share)))
    return np.asarray(np.clip(found, 0, rows).astype(np.int32))


def _fallen(
    rows_before: np.ndarray,
    right_before: np.ndarray,
    rows: np.ndarray,
    right: np.ndarray,
    reference_days: float,
    days: np.ndarray,
    rule: Rule,
) -> np.ndarray:
    n, m = np.maximum(rows_before, 1), np.maximum(rows, 1)
    share = (right_before + right) / (n + m)
    between = rule.daily_points**2 * (1 / reference_days + 1 / days)
    error = np.sqrt(share * (1 - share) * (1 / n + 1 / m) + between)
    return np.asarray((right_before / n - right / m) / np.maximum(error, 1e-12))


@dataclass(frozen=True)
class Regressor:
    """A regression whose absolute errors have this distribution."""

    errors: str

    def draw(
        self, generator: np.random.Generator, weeks: int, rates: np.ndarray, points: float, fall: float, change: int
    ) -> Sums:
        """Return the rows, the sum of their absolute errors, and that of the squares."""
        rows = generator.poisson(rates, (weeks, len(rates)))
        found = np.empty((weeks, len(rates), 3))
        for start in range(0, weeks, BLOCK):
            block = rows[start : start + BLOCK]
            drawn = self._errors(generator, int(block.sum()))
            begins = np.concatenate([[0], np.cumsum(block.ravel())])
            for number, values in enumerate((np.ones_like(drawn), drawn, drawn**2)):
                summed = np.concatenate([[0.0], np.cumsum(values)])
                found[start : start + BLOCK, :, number] = (summed[begins[1:]] - summed[begins[:-1]]).reshape(
                    block.shape
                )
        return found

    def _errors(self, generator: np.random.Generator, rows: int) -> np.ndarray:
        if self.errors == "normal":
            return np.abs(generator.normal(0, 1, rows))
        if self.errors == "lognormal":
            return generator.lognormal(0, 1, rows)
        return np.abs(generator.standard_t(3, rows))

    def thin(self, rows: Sums, shares: np.ndarray, luck: np.ndarray) -> Sums:
        """Return the sums of which these shares, by hour, have arrived: on average, not row by row."""
        del luck
        return rows * np.where(shares < ALL, shares, 1.0)[None, :, None]

    def quality(self, sums: np.ndarray) -> Quality:
        """Return the quality of rows with these sums."""
        rows, total, squares = round(float(sums[0])), float(sums[1]), float(sums[2])
        return Quality(Task.REGRESSION, rows, errors=Errors(rows, total, squares, squares, total, 0))

    def days(self, hours: np.ndarray) -> list[Mean]:
        """Return the mean of each day of a reference."""
        return [Mean(round(float(rows)), *map(float, rest)) for rows, *rest in hours.reshape(-1, 24, 3).sum(axis=1)]

    def distance(self, before: Sums, now: Sums, reference_days: float, days: np.ndarray, rule: Rule) -> np.ndarray:
        """Return by how many standard errors the mean error rose."""
        sides = []
        for side in (before, now):
            rows = np.maximum(side[:, 0], 2)
            mean = side[:, 1] / rows
            sides.append((mean, np.maximum(0, side[:, 2] / rows - mean**2) / rows))
        between = (rule.daily_rise * sides[0][0]) ** 2 * (1 / reference_days + 1 / days)
        error = np.sqrt(sides[0][1] + sides[1][1] + between)
        return np.where(now[:, 0] >= rule.minimum, (sides[1][0] - sides[0][0]) / error, -9.0)
