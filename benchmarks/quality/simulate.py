"""How often the judgement is wrong: `python -m benchmarks.quality.simulate > benchmarks/quality/RESULTS.md`.

A week is looked at every hour, 168 times, each time at the predictions of the last seven days. It counts as a false
alarm when any of these looks says `warning` or worse. Every week has a reference of its own, drawn by chance.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from monitors.quality.correctness import Task
from monitors.quality.judging import Rule, Verdict, judge, pick_overall
from monitors.quality.measures import Errors, LabelQuality
from monitors.quality.quality import Quality

LOOKS = 168
REFERENCE = 2000
RULE = Rule()
Draw = Callable[[np.random.Generator, int], np.ndarray]
"""Draws so many rows: a column for each number that is summed."""


@dataclass(frozen=True)
class Classifier:
    """A classifier with so many labels, evenly frequent, right in a share of the rows."""

    accuracy: float
    labels: int = 2
    daily_points: float = 0.0
    """Standard deviation of the accuracy from day to day, in points."""

    def draw(self, generator: np.random.Generator, rows: int, accuracy: float | None = None) -> np.ndarray:
        """Return a row for each prediction: for each label whether it is the actual one, then whether it was met."""
        label = generator.integers(self.labels, size=rows)
        met = generator.random(rows) < (self.accuracy if accuracy is None else accuracy)
        found = np.zeros((rows, 2 * self.labels), dtype=np.int64)
        found[np.arange(rows), label] = 1
        found[np.arange(rows), self.labels + label] = met
        return found

    def quality(self, sums: np.ndarray) -> Quality:
        """Return the quality of rows with these sums."""
        support, met = sums[: self.labels], sums[self.labels :]
        labels = tuple(
            LabelQuality(str(number), int(total), int(total), int(right))
            for number, (total, right) in enumerate(zip(support, met, strict=True))
        )
        return Quality(Task.CLASSIFICATION, int(support.sum()), int(met.sum()), labels)


@dataclass(frozen=True)
class Regressor:
    """A regression whose absolute errors have this distribution."""

    errors: str
    daily_points: float = 0.0

    def draw(self, generator: np.random.Generator, rows: int, factor: float | None = None) -> np.ndarray:
        """Return for each prediction 1, its absolute error and the square of it."""
        drawn = {
            "normal": lambda: np.abs(generator.normal(0, 1, rows)),
            "lognormal": lambda: generator.lognormal(0, 1, rows),
            "t with 3 degrees": lambda: np.abs(generator.standard_t(3, rows)),
        }[self.errors]() * (1.0 if factor is None else factor)
        return np.stack([np.ones(rows), drawn, drawn**2], axis=1)

    def quality(self, sums: np.ndarray) -> Quality:
        """Return the quality of rows with these sums."""
        rows, total, squares = int(sums[0]), float(sums[1]), float(sums[2])
        return Quality(Task.REGRESSION, rows, errors=Errors(rows, total, squares, squares, total, 0))


def week(model: Classifier | Regressor, generator: np.random.Generator, rows: int) -> Verdict:
    """Return the worst that is said in an undegraded week with so many truths."""
    reference = model.quality(model.draw(generator, REFERENCE).sum(axis=0))
    drawn = []
    for hour in range(2 * LOOKS):
        if hour % 24 == 0:
            of_day = generator.normal(0, model.daily_points / 100)
        level = min(1.0, model.accuracy + of_day) if isinstance(model, Classifier) else None
        drawn.append(model.draw(generator, generator.poisson(rows / LOOKS), level).sum(axis=0))
    cumulated = np.cumsum(np.stack([np.zeros_like(drawn[0]), *drawn]), axis=0)
    looks = cumulated[LOOKS + 1 :] - cumulated[1 : LOOKS + 1]
    return max((pick_overall(judge(reference, model.quality(sums), RULE)) for sums in looks), key=list(Verdict).index)


def found(before: float, now: float, rows: int, repetitions: int, seed: int) -> tuple[float, float]:
    """Return the shares of single windows in which a fallen accuracy is a warning or worse, and worse."""
    generator, model = np.random.default_rng([seed, rows, round(now * 1000)]), Classifier(before)
    said = []
    for _ in range(repetitions):
        sides = (model.draw(generator, REFERENCE), model.draw(generator, rows, now))
        said.append(pick_overall(judge(*(model.quality(side.sum(axis=0)) for side in sides), RULE)).severity)
    return float(np.mean(np.array(said) >= 1)), float(np.mean(np.array(said) == 2))


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=2000)
    parser.add_argument("--repetitions", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    print(HEAD.format(weeks=arguments.weeks, repetitions=arguments.repetitions, reference=REFERENCE))
    models: dict[str, Classifier | Regressor] = {
        f"accuracy {share}, {labels} labels": Classifier(share, labels)
        for share in (0.7, 0.9, 0.97)
        for labels in (2, 10)
    }
    models["accuracy 0.9, 2 labels, ±1 point from day to day"] = Classifier(0.9, 2, daily_points=1)
    models |= {f"errors {kind}": Regressor(kind) for kind in ("normal", "lognormal", "t with 3 degrees")}
    for number, (name, model) in enumerate(models.items()):
        for rows in (400, 2000, 20_000):
            generator = np.random.default_rng([arguments.seed, number, rows])
            said = [week(model, generator, rows).severity for _ in range(arguments.weeks)]
            shares = [100 * float(np.mean(np.array(said) >= level)) for level in (1, 2)]
            print(f"| {name} | {rows:,} | {shares[0]:.2f} | {shares[1]:.2f} |", flush=True)
            print(name, rows, shares, file=sys.stderr)
    print(FINDS)
    for before, now in ((0.9, 0.85), (0.9, 0.87), (0.97, 0.94), (0.7, 0.65)):
        for rows in (500, 2000, 5000, 20_000):
            shares = [100 * each for each in found(before, now, rows, arguments.repetitions, arguments.seed)]
            print(f"| {before} → {now} | {rows:,} | {shares[0]:.1f} | {shares[1]:.1f} |", flush=True)


HEAD = """# How often the judgement of quality is wrong

Made with `python -m benchmarks.quality.simulate > benchmarks/quality/RESULTS.md`: {weeks:,} weeks and
{repetitions:,} windows a row. The reference has {reference:,} truths and is drawn anew for each.

## False alarms, % of the undegraded weeks

A week is looked at every hour, each time at the truths of the last seven days. One look of the 168 that says `warning`
or worse makes it a false alarm.

| model | truths a week | warning or worse | worse |
| --- | --: | --: | --: |"""
FINDS = """
## Found, % of the windows

One look at a window whose accuracy fell.

| accuracy | truths in the window | warning or worse | worse |
| --- | --: | --: | --: |"""


if __name__ == "__main__":
    main()
