"""Long runs: hour after hour of traffic with days, nights, weekends and noise that lasts, judged as the function does.

    python -m benchmarks.drift weeks --weeks 100 --others 5

It prints a line of JSON for each week; `--load` makes the tables of them. Evidently and NannyML are asked about the
first `--others` weeks, with a sample of 20,000 rows of the same reference. They get the counts as rows, scattered
evenly within their bins.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.drift.traffic import Habits, Hour, Traffic, days
from benchmarks.drift.week_tables import QUIET_RATE, QUIET_SHIFT, SHIFT, SMALL_SHIFT, WEEK, promises_broken, tables
from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.judgement.judging import LONGER, WINDOW_WEIGHT, Look, judge_looks
from monitors.drift.judgement.verdict import Rule
from monitors.drift.statistics.distribution import Tally, with_counts
from monitors.drift.statistics.seasons import Season, add_rows, kind_of_hour, mix_hours

HOUR = timedelta(hours=1)
MOST_ROWS = 20_000
LOOKS = {"window": (1, WINDOW_WEIGHT), **LONGER}
STEADY = Habits(varies=False)
SEASONAL = Habits()


@dataclass(frozen=True)
class Judged:
    """What ours said of one hour, and the hour itself."""

    hour: Hour
    severity: int
    alarms: bool


class Watched:
    """A model whose reference holds so many days, and which is then judged hour by hour."""

    def __init__(self, seed: int, rate: int, habits: Habits, reference_days: int, *, by_hour: bool = True) -> None:
        """`by_hour=False` is the rule without hours and longer looks: everything is compared with all of the days."""
        self.traffic = Traffic(np.random.default_rng([seed, rate, reference_days]), rate, habits)
        starts = days(reference_days)
        self.reference = [self.traffic.hour(start) for start in starts]
        totals = {
            name: tuple(add_rows([hour.signals[name] for hour in self.reference])) for name in self.reference[0].signals
        }
        self.frozen = self.traffic.signals(totals)
        hours = {hour.start: hour.signals for hour in self.reference}
        self.season = measure_season(hours, self.frozen) if by_hour else Season()
        self.by_kind = {
            name: {kind: counts[name] for kind, counts in self.season.counts.items()} for name in self.frozen
        }
        self.start = starts[-1] + HOUR
        self.is_preliminary = reference_days < 3
        self.looks = LOOKS if by_hour else {"window": (1, 1.0)}

    def judged(self, hours: int, shift_points: float = 0.0, before: int = 0) -> Iterator[Judged]:
        """Yield the judgement of so many hours, `before` hours without the shift coming first unjudged."""
        seen: list[Hour] = []
        for number in range(before + hours):
            shift = shift_points if number >= before else 0.0
            seen.append(self.traffic.hour(self.start + number * HOUR, shift))
            if number >= before:
                yield self._judge(seen)

    def _judge(self, seen: Sequence[Hour]) -> Judged:
        looks = []
        knows = True
        for name, (length, weight) in self.looks.items():
            if len(seen) >= length:
                part = seen[-length:]
                kinds: dict[int, float] = {}
                for hour in part:
                    kind = kind_of_hour(hour.start)
                    kinds[kind] = kinds.get(kind, 0) + hour.predictions
                counts = {signal: tuple(add_rows([hour.signals[signal] for hour in part])) for signal in self.frozen}
                before: dict[str, Tally] = {
                    signal: with_counts(each, mix_hours(self.by_kind[signal], kinds, each.counts))
                    for signal, each in self.frozen.items()
                }
                dispersions = self.season.dispersion(length)
                looks.append(Look(before, self.traffic.signals(counts), name, weight, dispersions))
                knows = knows and (length > 1 or not self.season.counts or self.season.knows(kinds))
        severity = max(finding.verdict.severity for finding in judge_looks(looks, Rule(), described=False))
        preliminary = self.is_preliminary or not knows
        return Judged(seen[-1], severity, severity == 2 or (severity == 1 and not preliminary))


class Others:
    """Evidently and NannyML with a sample of the same reference."""

    def __init__(self, watched: Watched) -> None:
        from benchmarks.drift.others import NannyML

        self.traffic, self.generator = watched.traffic, np.random.default_rng(1)
        whole = added_hours(watched.reference)
        self.reference = self._frame(whole, MOST_ROWS)
        self.nannyml = NannyML(self.reference)

    def found(self, hour: Hour) -> tuple[bool, bool]:
        """Tell whether each of the two says that the hour drifted."""
        from benchmarks.drift.others import evidently_excess

        if hour.predictions < 2:
            return False, False
        current = self._frame(hour.signals, hour.predictions)
        return evidently_excess(self.reference, current) >= 1, self.nannyml.excess(current) > 1

    def _frame(self, counts: Mapping[str, Sequence[float]], most: int) -> Any:
        from benchmarks.drift.others import frame
        from benchmarks.drift.windows import Sample

        acceptable, unacceptable = counts["label"]
        label = np.repeat(["acceptable", "unacceptable"], [acceptable, unacceptable])
        rows = np.array(counts["score by label"]).reshape(2, -1)
        score = np.concatenate([self._scattered(row, self.traffic.edges["score"]) for row in rows])
        length = self._scattered(np.array(counts["text_length"][1:]), self.traffic.edges["text_length"])
        self.generator.shuffle(length)
        chosen = np.arange(len(label))
        if len(label) > most:
            chosen = self.generator.choice(len(label), most, replace=False)
        return frame(Sample(label[chosen], score[chosen], length[chosen], 0))

    def _scattered(self, counts: np.ndarray, edges: tuple[float, ...]) -> np.ndarray:
        width = edges[-1] - edges[-2]
        borders = np.array([edges[0] - width, *edges, edges[-1] + width])
        low, high = np.repeat(borders[:-1], counts), np.repeat(borders[1:], counts)
        return low + (high - low) * self.generator.random(len(low))


def added_hours(hours: Sequence[Hour]) -> dict[str, tuple[float, ...]]:
    """Return the counts of several hours together."""
    return {
        name: tuple(int(each) for each in add_rows([hour.signals[name] for hour in hours])) for name in hours[0].signals
    }


def study(rate: int, habits: Habits, reference_days: int, seed: int, *, others: bool) -> dict[str, Any]:
    """Return what came of one reference: of a quiet week, of a shift by 5 or 10 points, and of one by 3 points."""
    watched = Watched(seed, rate, habits, reference_days)
    asked = Others(watched) if others else None
    found: dict[str, Any] = {"traffic": habits.varies, "rate": rate, "days": reference_days, "seed": seed}
    hours = list(watched.judged(WEEK, before=WEEK))
    found["alarms"] = sum(each.alarms for each in hours)
    found["drifts"] = sum(each.severity == 2 for each in hours)
    if asked:
        found["others"] = [sum(row) for row in zip(*(asked.found(each.hour) for each in hours), strict=True)]
        plain = Watched(seed, rate, habits, reference_days, by_hour=False)
        found["plain"] = sum(each.severity >= 1 for each in plain.judged(WEEK))
    if not habits.varies or reference_days != 14:
        return found
    shifted = list(watched.judged(24, QUIET_SHIFT if rate < QUIET_RATE else SHIFT, before=WEEK))
    found["found"] = sum(each.severity >= 1 for each in shifted)
    found["first"] = next((n for n, each in enumerate(shifted, start=1) if each.severity >= 1), None)
    if asked:
        found["others_found"] = [sum(row) for row in zip(*(asked.found(each.hour) for each in shifted), strict=True)]
    small = enumerate(watched.judged(WEEK, SMALL_SHIFT, before=WEEK), start=1)
    found["first_small"] = next((n for n, each in small if each.severity >= 1), None)
    return found


STUDIES = (
    *((rate, SEASONAL, 14) for rate in (2000, 20_000, 400)),
    (2000, STEADY, 14),
    (50, SEASONAL, 14),
    *((2000, SEASONAL, short) for short in (7, 3)),
)


def main() -> None:
    """Print a line of JSON for each week; or, of lines that were kept, the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first week, to go on with more of them")
    parser.add_argument("--others", type=int, default=5, help="weeks about which Evidently and NannyML are asked")
    parser.add_argument("--load", type=Path, help="print the tables of lines that were kept, and simulate nothing")
    parser.add_argument("--check", action="store_true", help="fail if the rule no longer keeps what it promises")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.load:
        found = [json.loads(line) for line in arguments.load.read_text().splitlines()]
        print(tables(found))
        if arguments.check and (broken := promises_broken(found)):
            sys.exit("; ".join(broken))
        return
    for start in range(arguments.first, arguments.weeks, 10):
        for rate, habits, reference_days in STUDIES:
            for seed in range(start, min(start + 10, arguments.weeks)):
                found = study(rate, habits, reference_days, seed, others=seed < arguments.others)
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
