"""Fifty columns of an input, hour by hour: false alarms and finds, beside Evidently's preset on the same frames.

    python -m benchmarks.drift.columns --an-hour 500 --seeds 3

30 numeric columns (normal, log-normal, rounded) that hang together, 20 categorical ones (3 to 21 categories), a third
missing in five; half swing with the day; 18 also move by themselves, from hour to hour and from day to day, by a tenth
of a standard deviation (0.15 in logits). The reference has 14 days, the hours of the next week are judged. Evidently's
distances are computed here as its preset does above 1,000 rows (Wasserstein over the standard deviation, Jensen-Shannon
to base e, both drift from 0.1 on), against 2,000 rows of the
reference. Its thresholds are moved to the largest distance of any numeric, and any categorical, column in that week.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

import numpy as np

from benchmarks.drift.column_traffic import DAYS, NUMERIC, START, WEEK, Array, Column, Traffic, double, remove
from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.judgement.inputs import Watched, judge_inputs
from monitors.drift.judgement.judging import Look
from monitors.drift.judgement.signals import COLUMN, FAILED
from monitors.drift.judgement.verdict import Finding, Rule
from monitors.drift.statistics.distribution import (
    MISSING,
    QUANTILES,
    Distribution,
    Tally,
    bin_edges,
    make_binned,
    with_counts,
)
from monitors.drift.statistics.seasons import kind_of_hour

EVIDENTLY_ROWS, EVIDENTLY_LIMIT = 2000, 0.1


class Monitor:
    """The product's decision, with a reference of two weeks."""

    def __init__(self, traffic: Traffic, reference: list[list[Array]]) -> None:
        self.traffic = traffic
        self.frozen: dict[str, Tally] = {}
        for column in traffic.columns:
            values = np.concatenate([rows[column.number] for rows in reference])
            values = values[~np.isnan(values)]
            if column.shares is None:
                column.edges = bin_edges(np.quantile(values, QUANTILES).tolist(), float(values.max()))
                empty = make_binned(column.edges, [0] * (len(column.edges) + 1), 0)
            else:
                names = tuple(str(number) for number in range(len(column.shares)))
                empty = Distribution((*names, MISSING), (0,) * (len(names) + 1))
            self.frozen[f"{COLUMN}{column.number}"] = empty
        hours = {
            START + timedelta(hours=at): self.count(rows) | {FAILED: (traffic.an_hour, 0)}
            for at, rows in enumerate(reference)
        }
        self.season = measure_season(hours, self.frozen | {FAILED: Distribution(("answered", "failed"), (0, 0))})

    def count(self, rows: list[Array]) -> dict[str, tuple[int, ...]]:
        """Return the counts of an hour."""
        counts = {}
        for column, values in zip(self.traffic.columns, rows, strict=True):
            missing = int(np.isnan(values).sum())
            known = values[~np.isnan(values)]
            if column.shares is None:
                places = np.searchsorted(column.edges, known, side="right")
                found = [missing, *np.bincount(places, minlength=len(column.edges) + 1).tolist()]
            else:
                found = [*np.bincount(known.astype(int), minlength=len(column.shares)).tolist(), missing]
            counts[f"{COLUMN}{column.number}"] = tuple(found)
        return counts

    def judge(self, hour: int, rows: list[Array], suspected: Collection[str]) -> list[Finding]:
        """Return the findings of an hour: the first speaks for all columns."""
        usual = self.season.counts[kind_of_hour(START + timedelta(hours=hour))]
        before = {name: with_counts(each, usual[name]) for name, each in self.frozen.items()}
        now = {name: with_counts(self.frozen[name], counts) for name, counts in self.count(rows).items()}
        look = Look(before, now, dispersions=self.season.dispersion(1))
        return judge_inputs(look, Watched(), Rule(), lambda: suspected)


def find_evidently(reference: list[Array], rows: list[Array], columns: list[Column]) -> list[float]:
    """Return the distance of each column as Evidently's preset computes it."""
    found = []
    for column, before, now in zip(columns, reference, rows, strict=True):
        before, now = (each[~np.isnan(each)] for each in (before, now))
        if column.shares is None:
            places = np.linspace(0.0005, 0.9995, 1000)
            moved = np.abs(np.quantile(before, places) - np.quantile(now, places)).mean()
            found.append(float(moved / max(before.std(), 0.001)))
        else:
            size = len(column.shares)
            p, q = (np.bincount(each.astype(int), minlength=size) / max(len(each), 1) for each in (before, now))
            middle = (p + q) / 2
            with np.errstate(divide="ignore", invalid="ignore"):
                parts = [np.where(each > 0, each * np.log(each / middle), 0).sum() / 2 for each in (p, q)]
            found.append(float(np.sqrt(max(sum(parts), 0))))
    return found


def run(seed: int, an_hour: int, trials: int, counts: Counter[str]) -> None:
    """Add what was found in a week without drift, and in trials with one of each kind."""
    traffic = Traffic(seed, an_hour)
    reference = [traffic.draw(hour) for hour in range(DAYS * 24)]
    monitor = Monitor(traffic, reference)
    rows_of_evidently = [np.concatenate([rows[at] for rows in reference]) for at in range(len(traffic.columns))]
    chosen = traffic.chance.integers(0, len(rows_of_evidently[0]), EVIDENTLY_ROWS)
    theirs = [values[chosen] for values in rows_of_evidently]
    suspected: Collection[str] = ()
    largest = [0.0] * len(traffic.columns)
    for hour in range(DAYS * 24, DAYS * 24 + WEEK):
        rows = traffic.draw(hour)
        whole = monitor.judge(hour, rows, suspected)[0]
        suspected = whole.details["suspected"]
        counts["hours"] += 1
        counts["false"] += bool(whole.verdict.severity)
        counts["suspected"] += bool(suspected)
        distances = find_evidently(theirs, rows, traffic.columns)
        counts["evidently false"] += max(distances) >= EVIDENTLY_LIMIT
        largest = [max(pair) for pair in zip(largest, distances, strict=True)]
        counts["evidently columns"] += sum(each >= EVIDENTLY_LIMIT for each in distances)
    limits = max(largest[:NUMERIC]), max(largest[NUMERIC:])
    size = 0.5 if an_hour < 1000 else 0.25
    of = {
        f"+{size} sd, steady": [c for c in traffic.columns if c.shares is None and not c.moves],
        f"+{size} sd, moves by itself": [c for c in traffic.columns if c.shares is None and c.moves],
        "category 5 to 10 %, steady": [c for c in traffic.columns if c.shares is not None and not c.moves],
        "missing 0 to 3 %": [c for c in traffic.columns if not c.missing],
    }
    for name, columns in of.items():
        for _ in range(trials):
            column = columns[int(traffic.chance.integers(len(columns)))]
            lifted = {column.number: size} if "sd" in name else {}
            change = None
            if "category" in name:
                change = double(column.number, column, traffic.chance)
            elif "missing" in name:
                change = remove(column.number, 0.03, traffic.chance)
            hour = DAYS * 24 + int(traffic.chance.integers(WEEK))
            first = monitor.judge(hour, traffic.draw(hour, change, lifted), ())
            rows = traffic.draw(hour + 1, change, lifted)
            second = monitor.judge(hour + 1, rows, first[0].details["suspected"])
            path = str(column.number)
            counts[f"{name}: trials"] += 1
            counts[f"{name}: suspected"] += path in first[0].details["suspected"]
            counts[f"{name}: first"] += path in {each.signal for each in first[1:]}
            counts[f"{name}: both"] += path in {each.signal for each in (*first[1:], *second[1:])}
            distance = find_evidently(theirs, rows, traffic.columns)[column.number]
            counts[f"{name}: evidently"] += distance >= EVIDENTLY_LIMIT
            counts[f"{name}: moved"] += distance > limits[column.number >= NUMERIC]


def main() -> None:
    """Print what was found, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--an-hour", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--trials", type=int, default=20, help="of each change, for each seed")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        run(seed, arguments.an_hour, arguments.trials, counts)
        print(f"seed {seed}: {dict(counts)}", flush=True)
    week = WEEK / counts["hours"]
    print(f"\n{arguments.an_hour} an hour, {counts['hours']} hours without drift")
    print(f"false hours a week: {counts['false'] * week:.2f}; hours with a suspicion: {counts['suspected'] * week:.2f}")
    columns = counts["evidently columns"] / counts["hours"]
    print(f"Evidently: {counts['evidently false'] * week:.0f} of {WEEK} hours, {columns:.1f} columns an hour\n")
    print(
        "| change | trials | suspected at once | told at once | told within two hours | Evidently | thresholds moved |"
    )
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for name in (key.removesuffix(": trials") for key in counts if key.endswith(": trials")):
        trials = counts[f"{name}: trials"]
        shares = (counts[f"{name}: {what}"] / trials for what in ("suspected", "first", "both", "evidently", "moved"))
        print(f"| {name} | {trials} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
