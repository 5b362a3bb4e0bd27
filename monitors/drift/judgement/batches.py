"""Batches that come a little earlier or later than usual: they are not lost."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from monitors.drift.judgement.usual_traffic import Traffic, Usual, choose_usual, list_days

LATE_HOURS = 12
"""A batch that comes within this many hours of an alarm was late and not lost."""


def came_early(traffic: Traffic, age: int, hours: int, usual: Usual) -> bool:
    """Tell whether a batch is in the two hours before the window, where it need not be."""
    before, usually = traffic.total(age + hours, 2), choose_usual(traffic, age + hours, 2)
    is_enough = traffic.total(age, hours) + before >= max(usual.least, 0.8 * usual.middle)
    return is_enough and usually is not None and usually.least < before / 2


def forgive_late(traffic: Traffic) -> Traffic:
    """Return the traffic without reports of a batch that came late: such hours are part of what is usual."""
    if not traffic.is_sparse:
        return traffic
    forgiven = set()
    for first, last in list_runs(traffic.low):
        hours = last - first + 1
        if first == 0 or hours > LATE_HOURS:
            continue
        start, length = first - 1, hours + 2
        days = list_days(traffic, start, length)
        sums = [traffic.total(day, length) for day in days]
        if sums and traffic.total(start, length) >= 0.8 * median(sums) > 0:
            forgiven |= set(range(first, last + 1))
    return Traffic(traffic.end, traffic.counts, traffic.low - forgiven, traffic.high) if forgiven else traffic


def list_runs(hours: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of hours that follow each other."""
    for hour in sorted(hours):
        if hour - 1 not in hours:
            last = hour
            while last + 1 in hours:
                last += 1
            yield hour, last
