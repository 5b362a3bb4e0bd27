"""How late actuals are: the newest moment up to which most of the predictions that will have an actual have one.

The actuals themselves say it. A period is judged when its last day has most of the share of actuals that earlier weeks
have by now, or when the actuals that were joined lately were mostly no later than that.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DAY_HOURS, WEEK_HOURS, WEEKS = 24, 168, 4
LOOK_BACK = timedelta(days=90)
"""Actuals of older predictions are counted as outside of the window, and are not judged unless a setting says so."""
MOSTLY = 0.8
FEWEST_PREDICTIONS = 20
"""Weeks with fewer predictions do not tell which share of them gets an actual."""


def choose_end(
    now: datetime,
    predictions: Mapping[datetime, int],
    actuals: Mapping[datetime, int],
    usual_delay: timedelta | None,
) -> datetime:
    """Return the end of the newest period whose actuals have mostly arrived; `now` where there are none at all.

    Args:
        now: the moment of the run.
        predictions: start of an hour → the predictions made in it. Hours count back from `now`.
        actuals: the same of those predictions that have an actual.
        usual_delay: the delay within which most of the actuals came that were joined lately; None without any.
    """
    ages = range(int(LOOK_BACK / HOUR))
    made = [predictions.get(now - (age + 1) * HOUR, 0) for age in ages]
    told = [actuals.get(now - (age + 1) * HOUR, 0) for age in ages]
    if not any(told):
        return now
    made_since, told_since = (list(itertools.accumulate(each, initial=0)) for each in (made, told))
    ages_of_end = (age for age in ages if _has_mostly_arrived(age, made_since, told_since))
    age = next(ages_of_end, next(age for age in ages if told[age]))
    if usual_delay is not None:
        usual_age = math.floor(usual_delay / HOUR)
        if usual_age < age and _count_between(told_since, usual_age, DAY_HOURS):
            age = usual_age
    return now if not made_since[age] else now - age * HOUR


def _has_mostly_arrived(age: int, made_since: Sequence[int], told_since: Sequence[int]) -> bool:
    """Tell whether the day that ended `age` hours ago has most of the actuals that it will have."""
    told = _count_between(told_since, age, DAY_HOURS)
    if not told:
        return False
    shares = []
    for week in range(WEEKS):
        start = age + DAY_HOURS + week * WEEK_HOURS
        made = _count_between(made_since, start, WEEK_HOURS)
        if made >= FEWEST_PREDICTIONS:
            shares.append(min(1.0, _count_between(told_since, start, WEEK_HOURS) / made))
    expected = MOSTLY * max(shares, default=0.0) * _count_between(made_since, age, DAY_HOURS)
    return told >= expected - 2 * math.sqrt(expected)


def _count_between(since: Sequence[int], age: int, hours: int) -> int:
    last = len(since) - 1
    return since[min(age + hours, last)] - since[min(age, last)]
