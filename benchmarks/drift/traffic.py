"""Made-up traffic with days, nights, weekends and noise that lasts for hours, counted hour by hour.

Counts are drawn as such (multinomially), since a hundred weeks at 20,000 an hour would be billions of predictions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from monitors.drift.statistics.distribution import (
    QUANTILES,
    CrossTable,
    Distribution,
    Tally,
    bin_edges,
    make_binned,
    make_categories,
)

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
LABELS = ("acceptable", "unacceptable")
UNACCEPTABLE = 0.31
KEPT_RAW = 0.001
SAMPLE = 400_000
DAY_SWING, WEEKEND_TRAFFIC = 0.6, 0.5


@dataclass(frozen=True)
class Habits:
    """How the traffic varies by itself; the defaults are those of the tables.

    Points are percentage points of the label mix. `persistence` is the correlation of one hour's noise with the next's.
    """

    day_points: float = 3.0
    weekend_points: float = 2.0
    noise_points: float = 1.0
    persistence: float = 0.6
    day_length: float = 0.05
    varies: bool = True


@dataclass(frozen=True)
class Hour:
    """The counts of one hour."""

    start: datetime
    predictions: int
    signals: Mapping[str, tuple[int, ...]]


class Traffic:
    """Draws hours of traffic at so many predictions an hour, on average over a working day."""

    def __init__(self, generator: np.random.Generator, rate: float, habits: Habits) -> None:
        """Take the random numbers from `generator`; the bins are those of a reference of 2,000."""
        self.generator, self.rate, self.habits = generator, rate, habits
        scores = [np.random.default_rng(1).beta(9, 1.5, SAMPLE), np.random.default_rng(2).beta(5, 2, SAMPLE)]
        mixture = np.concatenate([scores[0][:1380], scores[1][:620]])
        lengths = np.exp(4 + 0.5 * np.random.default_rng(3).normal(size=2000))
        self.edges = {
            "score": bin_edges(np.quantile(mixture, QUANTILES).tolist(), float(mixture.max())),
            "text_length": bin_edges(np.quantile(lengths, QUANTILES).tolist(), float(lengths.max())),
        }
        bounds = [-np.inf, *self.edges["score"], np.inf]
        self.score_shares = [np.histogram(each, bounds)[0] / SAMPLE for each in scores]
        self.noise = 0.0

    def hour(self, start: datetime, shift_points: float = 0.0) -> Hour:
        """Draw an hour; `shift_points` is the drift of the label mix. Call it for one hour after the other."""
        habits = self.habits
        angle = math.sin((start.hour - 9) * math.pi / 12)
        weekend = start.weekday() >= 5
        rate, share, factor = self.rate, UNACCEPTABLE, 1.0
        if habits.varies:
            rate *= (1 + DAY_SWING * angle) * (WEEKEND_TRAFFIC if weekend else 1)
            fresh = math.sqrt(1 - habits.persistence**2) * self.generator.normal()
            self.noise = habits.persistence * self.noise + fresh
            points = habits.day_points * angle + habits.weekend_points * weekend + habits.noise_points * self.noise
            share += points / 100
            factor += habits.day_length * angle
        number = int(self.generator.poisson(rate))
        return self._counted(start, number, min(max(share + shift_points / 100, 0.0), 1.0), factor)

    def _counted(self, start: datetime, number: int, share: float, factor: float) -> Hour:
        draw = self.generator
        unacceptable = int(draw.binomial(number, share))
        by_label = (number - unacceptable, unacceptable)
        rows = [draw.multinomial(size, each) for size, each in zip(by_label, self.score_shares, strict=True)]
        borders = np.log(np.array(self.edges["text_length"]) / factor)
        below = np.array([0.5 * math.erfc((4 - border) / 0.5 / math.sqrt(2)) for border in borders])
        lengths = draw.multinomial(number, np.diff([0.0, *below, 1.0]))
        raw = int(draw.binomial(number, KEPT_RAW))
        return Hour(
            start,
            number,
            {
                "label": by_label,
                "score": (0, *(rows[0] + rows[1]).tolist()),
                "score by label": tuple(np.concatenate(rows).tolist()),
                "text_length": (0, *lengths.tolist()),
                "kept_raw": (number, raw),
            },
        )

    def signals(self, counts: Mapping[str, tuple[float, ...]]) -> dict[str, Tally]:
        """Give the counts their bins."""
        score, length = self.edges["score"], self.edges["text_length"]
        bins = make_binned(score, [0] * (len(score) + 1), 0).bins
        return {
            "label": Distribution(LABELS, tuple(counts["label"])),
            "score": Distribution(bins, tuple(counts["score"]), score),
            "score by label": CrossTable(LABELS, bins[1:], tuple(counts["score by label"]), score),
            "text_length": make_binned(length, counts["text_length"][1:], counts["text_length"][0]),
            "kept_raw": Distribution(("indexed", "kept raw"), tuple(counts["kept_raw"])),
        }


def days(number: int, start: datetime = MONDAY) -> list[datetime]:
    """Return the starts of the hours of so many days."""
    return [start + timedelta(hours=hour) for hour in range(24 * number)]


__all__ = ["Habits", "Hour", "Traffic", "days", "make_categories"]
