"""What number of predictions is usual: sums of hours at the same time of the 28 days before.

Some days are like each other: all of them, the working days or the weekend, the same weekday. Which of these groups
counts follows from the sums themselves. Hours that were reported do not count, unless they are so many of a group that
they are what is usual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from statistics import median

from monitors.drift.judgement.clock_changes import has_changed_between

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAY_HOURS, HISTORY_DAYS = 24, 28
LONGEST_DAYS = 62
"""Days of hours that are counted: the same day of the last two months is looked at, too."""
CLOCK_DAYS = timedelta(days=14)
"""After this long the days since a change of the clocks show what is usual."""
WEEKEND = 5
SURE = {"working days": 0.002, "weekends": 0.002, "weekday": 0.0005}
"""How unlikely it must be that just these days hold the most, for a higher least to count."""
APART = 1.5


@dataclass(frozen=True)
class Traffic:
    """Predictions by the hour, the newest hour first, back to the first prediction.

    `low` and `high` are the numbers of hours that were reported as too few and as too many.
    """

    end: datetime
    counts: Sequence[int]
    low: frozenset[int] = frozenset()
    high: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def _since(self) -> list[int]:
        return list(accumulate(self.counts, initial=0))

    def total(self, age: int, hours: int) -> int:
        """Return the predictions of so many hours that ended `age` hours ago."""
        last = len(self.counts)
        return self._since[min(max(age, 0) + hours, last)] - self._since[min(max(age, 0), last)]

    def moment(self, age: int) -> datetime:
        """Return the middle of an hour."""
        return self.end - age * HOUR - HOUR / 2

    def reported(self, age: int, hours: int) -> bool:
        """Tell whether any hour of a window was reported."""
        return any(number in self.low or number in self.high for number in range(age, age + hours))

    @cached_property
    def is_sparse(self) -> bool:
        """Tell whether most hours hold next to nothing, as where a model runs in batches."""
        recent = self.counts[: HISTORY_DAYS * DAY_HOURS]
        return bool(recent) and sum(count < 0.05 * max(recent) for count in recent) > len(recent) / 2

    def is_after_clock_change(self, age: int) -> bool:
        """Tell whether clocks changed lately, so that people come an hour earlier or later."""
        day = self.moment(age)
        return has_changed_between((day - CLOCK_DAYS).date(), day.date())


@dataclass(frozen=True)
class Usual:
    """The sums of the days that are like the day of a window."""

    called: str
    sums: tuple[int, ...]

    @property
    def least(self) -> int:
        """Return the smallest sum."""
        return min(self.sums)

    @property
    def middle(self) -> float:
        """Return the median."""
        return median(self.sums)


def list_days(traffic: Traffic, age: int, hours: int) -> list[int]:
    """Return the ages of the windows at the same time of earlier days; of longer windows, of earlier weeks."""
    step = DAY_HOURS * (1 if hours <= DAY_HOURS else 7 * math.ceil(hours / DAY_HOURS / 7))
    ages = (age + number * step for number in range(1, HISTORY_DAYS * DAY_HOURS // step + 1))
    return [each for each in ages if each + hours <= len(traffic.counts)]


def choose_usual(traffic: Traffic, age: int, hours: int) -> Usual | None:
    """Return what is usual for a window of so many hours that ended `age` hours ago; None without an earlier day."""
    days = list_days(traffic, age, hours)
    if not days:
        return None
    moves = traffic.is_after_clock_change(age) and not traffic.is_sparse
    shifts = (-1, 0, 1) if moves else (0,)
    sums = {day: min(traffic.total(day + shift, hours) for shift in shifts) for day in days}
    today = traffic.moment(age).weekday()
    is_weekend = today >= WEEKEND
    kind = [day for day in days if (traffic.moment(day).weekday() >= WEEKEND) is is_weekend]
    same = [day for day in days if traffic.moment(day).weekday() == today]
    chosen = _clean(traffic, days, hours, 0.25)
    called = "days"
    for name, group, share in (("weekends" if is_weekend else "working days", kind, 0.25), ("weekday", same, 0.5)):
        narrower = _clean(traffic, group, hours, share)
        if narrower and _takes_over(sums, chosen, narrower, days, SURE[name]):
            chosen, called = narrower, name
    return Usual(called, tuple(sums[day] for day in chosen))


def _clean(traffic: Traffic, days: Sequence[int], hours: int, share: float) -> list[int]:
    """Return the days without a reported hour; all of them where so many were reported that this is usual."""
    clean = [day for day in days if not traffic.reported(day, hours)]
    return clean if len(days) - len(clean) < share * len(days) else list(days)


def _takes_over(
    sums: dict[int, int], wider: Sequence[int], narrower: Sequence[int], days: Sequence[int], sure: float
) -> bool:
    """Tell whether a narrower group of days says more than the wider one."""
    least, of_wider = min(sums[day] for day in narrower), min((sums[day] for day in wider), default=math.inf)
    if least < of_wider:
        return True
    if least == of_wider:
        return median(sums[day] for day in narrower) <= 0.8 * median(sums[day] for day in wider)
    others = sorted((sums[day] for day in wider if day not in narrower), reverse=True)
    if len(narrower) < 3 or not others:
        return False
    highest = others[1] if len(others) >= 5 else others[0]
    return least > APART * highest and 1 / math.comb(len(days), len(narrower)) < sure
