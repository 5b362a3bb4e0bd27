"""How much the signals vary from hour to hour by themselves: measured in the reference, not assumed.

Each hour of the reference (and each run of 6 and 24 hours) is compared with the other hours of its kind, as a window
would be. By chance alone a statistic T is on average its expectation E₀. What it is above that grows with
n_eff = n·m / (n + m), because the shares themselves moved: T/E₀ = 1 + excess · n_eff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from monitors.drift.judgement import signals
from monitors.drift.judgement.signals import FAILED, LABEL, SCORE_BY_LABEL, VANISHED_LABEL
from monitors.drift.statistics.column_tests import find_aspects
from monitors.drift.statistics.distribution import MISSING, OTHER, Distribution, Tally, with_counts
from monitors.drift.statistics.seasons import Counts, Season, add_rows, kind_of_hour, mix_hours
from monitors.drift.statistics.significance import Dispersion, Statistic

Hours = Mapping[datetime, Mapping[str, Counts]]
"""Start of an hour → signal → counts, over the bins of the reference."""
STEPS = {1: 1, 6: 3, 24: 6}
"""Length of a look in hours → how far apart the runs of hours that are compared begin."""
WEEK = 168
WEEK_OF_DAY = 1 / 3
"""The excess of a week as a part of a day's. A reference holds two weeks at most, too few to measure it; if days were
independent it would be 1/7."""
FEWEST_BLOCKS = 4
FEWEST_PREDICTIONS = 5
Sums = dict[tuple[str, str], list[tuple[float, float]]]


def measure_season(hours: Hours, frozen: Mapping[str, Tally]) -> Season:
    """Return what the reference knows of its hours; an empty season where it saw less than two days."""
    kinds: dict[int, list[datetime]] = {}
    for hour, counts in hours.items():
        if count_answered(counts):
            kinds.setdefault(kind_of_hour(hour), []).append(hour)
    dates = {hour.date() for each in kinds.values() for hour in each}
    if len(dates) < 2 or max(map(len, kinds.values())) < 2:
        return Season()
    by_kind = {
        kind: {
            name: tuple(round(each) for each in add_rows([hours[hour][name] for hour in members])) for name in frozen
        }
        for kind, members in kinds.items()
    }
    days = {kind: len(members) for kind, members in kinds.items()}
    dispersions = {}
    for length, step in STEPS.items():
        if measured := _measure(hours, by_kind, frozen, length, step):
            dispersions[length] = measured
    if 24 in dispersions:
        dispersions[WEEK] = {
            signal: {name: Dispersion(each.excess * WEEK_OF_DAY, each.degrees) for name, each in found.items()}
            for signal, found in dispersions[24].items()
        }
    return Season(by_kind, days, dispersions)


def count_answered(counts: Mapping[str, Counts]) -> float:
    """Return how many predictions an hour holds, also where its labels could not be counted."""
    return counts[FAILED][0] if FAILED in counts else sum(counts[LABEL])


def _measure(
    hours: Hours, by_kind: Mapping[int, Mapping[str, Counts]], frozen: Mapping[str, Tally], length: int, step: int
) -> dict[str, dict[str, Dispersion]]:
    sums: Sums = {}
    blocks = 0
    for block in _cut_blocks(hours, length, step):
        blocks += 1
        for signal, statistic in _compare(block, hours, by_kind, frozen):
            if statistic.expected and statistic.effective:
                found = sums.setdefault((signal, statistic.name), [])
                found.append((statistic.ratio, statistic.effective))
    measured: dict[str, dict[str, Dispersion]] = {}
    degrees = max(1.0, blocks * step / length - 1)
    for (signal, name), found in sums.items():
        if len(found) >= FEWEST_BLOCKS:
            measured.setdefault(signal, {})[name] = Dispersion(_estimate_excess(found), degrees)
    return measured


def _estimate_excess(found: Sequence[tuple[float, float]]) -> float:
    """Return the part of the ratios above 1 that grows with the effective number, never below zero."""
    return max(0.0, sum(ratio - 1 for ratio, _ in found) / sum(effective for _, effective in found))


def _cut_blocks(hours: Hours, length: int, step: int) -> Iterator[list[datetime]]:
    """Yield the runs of so many hours without a gap."""
    ordered = sorted(hours)
    if not ordered:
        return
    start = ordered[0]
    while start <= ordered[-1]:
        block = [start + timedelta(hours=i) for i in range(length)]
        if all(hour in hours for hour in block):
            yield block
        start += timedelta(hours=step)


def _compare(
    block: Sequence[datetime],
    hours: Hours,
    by_kind: Mapping[int, Mapping[str, Counts]],
    frozen: Mapping[str, Tally],
) -> Iterator[tuple[str, Statistic]]:
    """Yield the statistics of a block against the other hours of its kinds."""
    weights = {kind_of_hour(hour): 0.0 for hour in block}
    for hour in block:
        weights[kind_of_hour(hour)] += count_answered(hours[hour])
    if sum(weights.values()) < FEWEST_PREDICTIONS:
        return
    before, now = {}, {}
    for name, signal in frozen.items():
        others: dict[int, Counts] = {}
        for hour in block:
            kind = kind_of_hour(hour)
            taken = others.get(kind, by_kind.get(kind, {}).get(name))
            if taken is not None:
                others[kind] = [a - b for a, b in zip(taken, hours[hour][name], strict=True)]
        if any(weights[kind] and not sum(others.get(kind, ())) for kind in weights):
            continue
        before[name] = with_counts(signal, mix_hours(others, weights, [0.0] * len(signal.counts)))
        now[name] = with_counts(signal, add_rows([hours[hour][name] for hour in block]))
    for name, usual in before.items():
        column = now[name]
        if signals.is_column(name) and isinstance(usual, Distribution) and isinstance(column, Distribution):
            yield from ((name, test) for aspect in find_aspects(usual, column) for test in aspect.statistics)
    both = signals.pair_up(before, now, None)
    for name in both:
        if name != SCORE_BY_LABEL:
            yield from ((name, statistic) for statistic in signals.run_tests(name, both))
    if LABEL in both:
        yield from ((VANISHED_LABEL, each) for each in _compare_each_label(*both[LABEL]))


def _compare_each_label(before: Tally, now: Tally) -> Iterator[Statistic]:
    """Yield for each label the statistic of its share, under the label's name."""
    assert isinstance(before, Distribution)
    n, m = before.total, now.total
    if not n or not m:
        return
    effective = n * m / (n + m)
    for label, usual, count in zip(before.bins, before.counts, now.counts, strict=True):
        both = (usual + count) / (n + m)
        if label in (MISSING, OTHER) or not 0 < both < 1:
            continue
        value = effective * (usual / n - count / m) ** 2 / (both * (1 - both))
        yield Statistic(label, value, 1.0, 2.0, 1.0, effective, lambda _: 1.0)
