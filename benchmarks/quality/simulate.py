"""How often the judgement of quality is wrong: `python -m benchmarks.quality.simulate > benchmarks/quality/RESULTS.md`.

A week is looked at every hour, 168 times, as the function does: where the window ends follows from the actuals that
have arrived (`choose_end`), and its looks are the window, its last day and its newest rows. Predictions follow the
hours of the day and the days of the week. All weeks of a cell are drawn at once; the function's own rule is asked
wherever a normal approximation comes near to its thresholds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np

from benchmarks.quality.models import Classifier, Regressor, Sums
from monitors.quality.arrival import HOUR, LOOK_BACK, choose_end
from monitors.quality.judging import (
    DAY,
    NEWEST,
    WEIGHTS,
    WINDOW,
    Before,
    Look,
    Rule,
    Verdict,
    judge_looks,
    pick_overall,
)
from monitors.quality.testing import NORMAL, variance_between

RULE = Rule()
START = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday
WEEK = 168
NEAR = 0.7
"""A look is judged by the function's rule where its distance, in standard errors, is nearer than this to the limit."""
LIMITS = {name: -NORMAL.inv_cdf(RULE.warning_alpha * weight) for name, weight in WEIGHTS.items()}
Model = Classifier | Regressor


@dataclass(frozen=True)
class Delay:
    """How long after its prediction an actual comes: normally distributed, and never before it."""

    name: str
    mean_hours: float
    spread_hours: float

    def arrived(self, age_hours: np.ndarray) -> np.ndarray:
        """Return the share of actuals that have come when the prediction is this old."""
        hours = np.arange(0, 24 * 40)
        weights = np.exp(-0.5 * ((hours - self.mean_hours) / max(self.spread_hours, 1e-9)) ** 2)
        cumulated = np.cumsum(weights) / weights.sum()
        return np.where(age_hours < 0, 0.0, cumulated[np.clip(age_hours, 0, len(cumulated) - 1).astype(int)])

    @property
    def mostly_hours(self) -> int:
        """Return the age at which 80 % have come."""
        return int(np.argmax(self.arrived(np.arange(24 * 40)) >= 0.8))


DELAYS = (Delay("minutes", 0, 0.1), Delay("3 days", 72, 6), Delay("10 ± 2 days", 240, 48))


@dataclass(frozen=True)
class Cell:
    """What is simulated."""

    model: Model
    a_day: int
    delay: Delay
    reference_days: int = 28
    daily_points: float = 0.0
    fall: float = 0.0


def rhythm(hours: int) -> np.ndarray:
    """Return how many times the mean each hour has: little at night, two fifths at weekends."""
    number = np.arange(hours)
    of_day = 1 + 0.8 * np.sin(2 * np.pi * (number % 24 - 9) / 24)
    found = of_day * np.where((number // 24) % 7 >= 5, 0.4, 1.0)
    return np.asarray(found / found[: 24 * 7].mean())


@cache
def ends(a_day: int, delay: Delay, first: int, last: int) -> np.ndarray:
    """Return the hour at which the window of each look ends, by the function's own choice from the mean counts."""
    means = np.maximum(1, np.round(a_day / 24 * rhythm(last))).astype(int)
    found = []
    usual = timedelta(hours=delay.mostly_hours)
    for now in range(first, last):
        since = max(0, now - int(LOOK_BACK / HOUR))
        hours = np.arange(since, now)
        told = np.round(means[since:now] * delay.arrived(now - hours - 1)).astype(int)
        moments = [START + int(hour) * HOUR for hour in hours]
        made = dict(zip(moments, means[since:now].tolist(), strict=True))
        end = choose_end(START + now * HOUR, made, dict(zip(moments, told.tolist(), strict=True)), usual)
        found.append(round((end - START) / HOUR))
    return np.array(found)


def simulate(cell: Cell, weeks: int, seed: int, begin_day: int = 0) -> tuple[np.ndarray, int]:
    """Return for each week the hour of its first warning (-1 for none), counted from the begin of the looks.

    The quality falls, if it does, at the begin of a day; looks begin once the actuals of that day have mostly arrived.
    """
    generator = np.random.default_rng([seed, cell.a_day, cell.reference_days, begin_day])
    change = 24 * (cell.reference_days + 8 + begin_day)
    first = change + cell.delay.mostly_hours + 1
    hours = first + WEEK
    drawn = cell.model.draw(generator, weeks, cell.a_day / 24 * rhythm(hours), cell.daily_points, cell.fall, change)
    before = drawn[:, : 24 * cell.reference_days].sum(axis=1)
    found = np.full(weeks, -1)
    labels = cell.model.labels if isinstance(cell.model, Classifier) else 0
    luck = generator.normal(size=(weeks, hours, 2 * labels)).astype(np.float32)
    for number, end in enumerate(ends(cell.a_day, cell.delay, first, hours)):
        start = max(end - WEEK, 24 * cell.reference_days)
        arrived = cell.delay.arrived(first + number - np.arange(start, end) - 1)
        looks = dict(cut(cell.model.thin(drawn[:, start:end], arrived, luck[:, start:end])))
        for week in candidates(cell, before, looks, found):
            judged = [Look(name, cell.model.quality(rows[week]), days[week]) for name, (rows, days) in looks.items()]
            between = variance_between(cell.model.days(drawn[week, : 24 * cell.reference_days]))
            reference = Before(cell.model.quality(before[week]), float(cell.reference_days), between)
            if pick_overall(judge_looks(reference, judged, RULE)).rank >= Verdict.WARNING.rank:
                found[week] = number
    return found, first - change


def cut(rows: Sums) -> Iterator[tuple[str, tuple[Sums, np.ndarray]]]:
    """Yield each look with the sums of its rows and its days, for all weeks at once. `rows` are the window's."""
    weeks, hours = rows.shape[:2]
    since = np.cumsum(rows[:, ::-1], axis=1)[:, ::-1]  # from each hour to the end of the window
    yield WINDOW, (since[:, 0], np.full(weeks, max(1.0, hours / 24)))
    yield DAY, (since[:, max(0, hours - 24)], np.ones(weeks))
    starts = np.maximum(0, (since[:, :, 0] >= RULE.minimum).sum(axis=1) - 1)
    yield NEWEST, (since[np.arange(weeks), starts], np.maximum(1.0, (hours - starts) / 24))


def candidates(cell: Cell, before: Sums, looks: dict[str, tuple[Sums, np.ndarray]], found: np.ndarray) -> np.ndarray:
    """Return the weeks without a warning so far in which some look comes near to its limit."""
    near = np.zeros(len(found), dtype=bool)
    for name, (rows, days) in looks.items():
        distance = cell.model.distance(before, rows, cell.reference_days, days, RULE)
        near |= distance > LIMITS[name] - NEAR
    return np.flatnonzero(near & (found < 0))


def false_alarms(weeks: int, seed: int, models: dict[str, Model]) -> None:
    """Print the share of undegraded weeks with a warning, a row a model."""
    ways = [(a_day, delay) for a_day in (60, 500, 3000) for delay in (DELAYS if a_day == 500 else DELAYS[:1])]
    print(FALSE)
    print("| model |", " | ".join(f"{a_day:,}, {delay.name}" for a_day, delay in ways), "|")
    print("| --- |", " | ".join("--:" for _ in ways), "|")
    for name, model in models.items():
        points = (0.0, 1.0) if isinstance(model, Classifier) else (0.0,)
        cells = [[Cell(model, a_day, delay, daily_points=each) for each in points] for a_day, delay in ways]
        shares = [" / ".join(_false_share(cell, name, weeks, seed) for cell in both) for both in cells]
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


def _false_share(cell: Cell, name: str, weeks: int, seed: int) -> str:
    """Return the share of the weeks with a warning, in percent."""
    began = time.monotonic()
    found, _ = simulate(cell, weeks, seed)
    share = f"{100 * float(np.mean(found >= 0)):.1f}"
    print(f"{time.monotonic() - began:.1f} s", name, cell.delay.name, share, file=sys.stderr)
    return share


def falls(weeks: int, seed: int) -> None:
    """Print the share of falls that are found in time, on each weekday and so on average."""
    print(FOUND)
    for accuracy in (0.95, 0.9):
        for delay in DELAYS:
            for reference_days in (4, 28):
                shares = []
                for fall, within in ((0.2, 24), (0.1, 24), (0.03, WEEK)):
                    cell = Cell(Classifier(accuracy), 500, delay, reference_days, 0.0, fall)
                    hits = []
                    for weekday in range(7):
                        found, _ = simulate(cell, weeks // 7, seed, weekday)
                        hits.append(np.mean((found >= 0) & (found < within)))
                    shares.append(f"{100 * float(np.mean(hits)):.1f}")
                print(f"| {accuracy} | {delay.name} | {reference_days * 500:,} | {' | '.join(shares)} |", flush=True)


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    print(HEAD.format(weeks=arguments.weeks))
    models: dict[str, Model] = {f"accuracy {share}": Classifier(share) for share in (0.7, 0.9, 0.97)}
    models["accuracy 0.9, 10 labels"] = Classifier(0.9, 10)
    models |= {f"errors {kind}": Regressor(kind) for kind in ("normal", "lognormal", "t with 3 degrees")}
    false_alarms(arguments.weeks, arguments.seed, models)
    falls(arguments.weeks, arguments.seed)


HEAD = """# How often the judgement of quality is wrong

Made with `python -m benchmarks.quality.simulate > benchmarks/quality/RESULTS.md`: {weeks:,} weeks a cell, each with
168 hourly looks and a reference of its own. Traffic has days and quiet weekends."""
FALSE = """
## False warnings, % of the undegraded weeks

Warning or worse, by actuals a day and when they come. The reference has 28 days. Second number: with days whose
accuracy differs by ±1 point (standard deviation).
"""
FOUND = """
## Found in time, % of the weeks

500 actuals a day. A fall of 20 or 10 points counts as found within a day, one of 3 points within a week, from the
moment on at which 80 % of the actuals of the first fallen predictions have arrived. Means over falls on each
weekday.

| accuracy | actuals come after | reference | -20 points | -10 points | -3 points |
| --- | --- | --: | --: | --: | --: |"""


if __name__ == "__main__":
    main()
