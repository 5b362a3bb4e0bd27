"""The number of predictions, against what is usual at this time.

Traffic has days, nights, weekends and batches. Windows of several lengths are compared with the same hours of earlier
days: too few are found where a window holds clearly less than the least of the days that are like it, too many where it
holds clearly more than the most. An outage is reported until it ends, and a new level until it is usual (a week).
The rule was found by simulation; docs/drift.md says in short what it does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

from monitors.drift.judgement.batches import came_early, forgive_late, list_runs
from monitors.drift.judgement.signals import VOLUME
from monitors.drift.judgement.usual_traffic import (
    DAY_HOURS,
    HISTORY_DAYS,
    HOUR,
    Traffic,
    Usual,
    choose_usual,
    list_days,
)
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.statistics.distribution import Distribution
from monitors.reporting.wording import format_count

LOW, HIGH = "low", "high"
"""What is stored as the test of a finding: how its hour was reported."""
LENGTHS = (1, 2, 3, 6, 12, 24)
"""Hours of the windows that are looked at: an outage of a busy model shows in one, of a quiet one in a day."""
FEWEST_DAYS = 3
FACTORS = ((10, 0.75), (6, 0.6), (0, 0.4))
"""From this many days on → the part of the least of them that is left when there are too few."""
SURELY_LOW, SURELY_HIGH = -3.7, 5.0
"""Distances between the variance-stabilised counts (Anscombe 1948), in standard deviations."""
DRIFT_FACTOR = 4
KNOWN = 10
"""With a least count from this on, an hour can tell that an outage is over."""
LEAST_COUNT = 20
ENOUGH_TO_TRIM = 5
"""From this many days on the lowest does not count when an outage ends: it may be the outage itself."""
LONGEST_SILENCE = 72
"""Hours that say nothing continue an event for this long."""


def judge_volume(traffic: Traffic, window: timedelta = HOUR) -> Finding:
    """Compare the newest windows with what is usual. `effect` is the factor by which the usual range is left."""
    lengths = choose_lengths(window)
    usual = choose_usual(traffic, 0, lengths[0])
    if usual is None:
        text = "no earlier day to compare the number of predictions with"
        return _make_finding(Verdict.NOT_ENOUGH_DATA, text, traffic.total(0, lengths[0]), 0)
    if len(traffic.counts) < FEWEST_DAYS * DAY_HOURS + lengths[0]:
        return _judge_young(traffic, lengths, usual, window)
    traffic = forgive_late(traffic)
    if hours := find_low(traffic, lengths):
        return _describe(traffic, hours, LOW)
    if _continues(traffic, lengths):
        return _describe(traffic, lengths[0], LOW)
    if hours := find_high(traffic, lengths):
        return _describe(traffic, hours, HIGH)
    now = traffic.total(0, lengths[0])
    return _make_finding(Verdict.STABLE, _words(now, lengths[0], usual, window), now, usual.middle)


def _judge_young(traffic: Traffic, lengths: Sequence[int], usual: Usual, window: timedelta) -> Finding:
    """Judge the first days: only what was steady until now can be missing."""
    hours = lengths[0]
    now, before = traffic.total(0, hours), range(1, len(traffic.counts) - hours + 1)
    sums = [traffic.total(age, hours) for age in before if not traffic.reported(age, hours)]
    is_steady = bool(sums) and min(sums) >= max(LEAST_COUNT, max(sums) / DRIFT_FACTOR)
    if (is_steady and now <= min(sums) / DRIFT_FACTOR) or _continues(traffic, lengths):
        return _describe(traffic, hours, LOW)
    text = f"{_words(now, hours, usual, window)}; before {FEWEST_DAYS} days only an outage of steady traffic is told"
    return _make_finding(Verdict.STABLE, text, now, usual.middle)


def choose_lengths(window: timedelta) -> list[int]:
    """Return the hours of the windows that are looked at; none shorter than the run's own window."""
    least = max(1, math.ceil(window / HOUR))
    return [hours for hours in LENGTHS if hours >= least] or [least]


def find_low(traffic: Traffic, lengths: Sequence[int], age: int = 0) -> int | None:
    """Return the shortest window with clearly too few predictions, or None."""
    return next((hours for hours in lengths if _is_low(traffic, age, hours)), None)


def _is_low(traffic: Traffic, age: int, hours: int) -> bool:
    usual = choose_usual(traffic, age, hours)
    now = traffic.total(age, hours)
    if usual is None or not _is_of_use(usual) or now >= _factor(usual) * usual.least:
        return False
    if _distance(now, usual.least) >= SURELY_LOW:
        return False
    if (hours > 1 and _is_well(traffic, age, 1)) or _has_returned(traffic, age, hours, now):
        return False
    if traffic.is_sparse and (came_early(traffic, age, hours, usual) or traffic.total(age, 1)):
        return False  # a batch that came before its hour, or one that is still coming
    lowest = _lowest_ratio(traffic, age, hours)
    return lowest >= 0.05 and now < 0.8 * lowest * usual.middle


def _is_of_use(usual: Usual) -> bool:
    return usual.least > 0 and usual.least >= usual.middle / 4


def _factor(usual: Usual) -> float:
    return next(factor for days, factor in FACTORS if len(usual.sums) >= days)


def _distance(now: float, before: float) -> float:
    return 2 * (math.sqrt(now + 3 / 8) - math.sqrt(before + 3 / 8))


def _is_well(traffic: Traffic, age: int, hours: int) -> bool:
    """Tell whether a window shows that all is well: enough are usual, and enough are there."""
    clean = [day for day in list_days(traffic, age, hours) if not traffic.reported(day, hours)]
    if not clean:
        return False
    sums = sorted(traffic.total(day, hours) for day in clean)
    usual = Usual("days", tuple(sums[1:] if len(sums) >= ENOUGH_TO_TRIM else sums))
    return usual.least >= KNOWN and traffic.total(age, hours) >= _factor(usual) * usual.least


def _has_returned(traffic: Traffic, age: int, hours: int, now: int) -> bool:
    """Tell whether as few were reported at this time of the day before, and all was well since: a new habit."""
    day = range(age + 1, age + DAY_HOURS)
    was_reported = age + DAY_HOURS in traffic.low and not all(hour in traffic.low for hour in day)
    return was_reported and now >= 0.7 * traffic.total(age + DAY_HOURS, hours)


def _lowest_ratio(traffic: Traffic, age: int, hours: int) -> float:
    """Return how small a part of the median a window was that nobody reported; 1 where there are hardly any."""
    found = []
    for earlier in range(age + 1, min(age + HISTORY_DAYS * DAY_HOURS, len(traffic.counts) - 7 * DAY_HOURS)):
        if traffic.reported(earlier, hours):
            continue
        usual = choose_usual(traffic, earlier, hours)
        if usual and len(usual.sums) >= 4 and usual.middle and _is_of_use(usual):
            found.append(traffic.total(earlier, hours) / usual.middle)
    return min(found) if len(found) >= 10 else 1.0


def _continues(traffic: Traffic, lengths: Sequence[int]) -> bool:
    """Tell whether an outage goes on: the hour before was reported, and no window since says that all is well."""
    run = next((age for age in range(1, LONGEST_SILENCE + 2) if age not in traffic.low), LONGEST_SILENCE + 2) - 1
    return 0 < run <= LONGEST_SILENCE and not any(_is_well(traffic, 0, hours) for hours in lengths)


def find_high(traffic: Traffic, lengths: Sequence[int]) -> int | None:
    """Return the shortest window of one or six hours with clearly too many predictions, or None."""
    for hours in [hours for hours in lengths if hours in (1, 6)] or lengths[:1]:
        now, days = traffic.total(0, hours), list_days(traffic, 0, hours)
        most = max(LEAST_COUNT, _most(traffic, hours, days))
        if now > (2.5 if len(days) >= 10 else 4) * most and _distance(now, most) > SURELY_HIGH:
            before = max(traffic.counts[1 : HISTORY_DAYS * DAY_HOURS])
            if len(list(list_runs(traffic.high - {0}))) < 2 or now > 1.5 * before:
                return hours
    return None


def _most(traffic: Traffic, hours: int, days: Sequence[int]) -> int:
    """Return the most of what is usual: shifted by an hour, too, and on the same day of the last two months."""
    today = traffic.moment(0).weekday()
    same = [day for day in days if traffic.moment(day).weekday() == today]
    reported = [day for day in same if traffic.reported(day, hours)]
    kept = [day for day in days if not traffic.reported(day, hours)]
    kept += reported if 2 * len(reported) >= len(same) else []
    shifted = [traffic.total(day + shift, hours) for day in kept for shift in (-1, 0, 1)]
    return max([*shifted, *_last_months(traffic, hours)], default=0)


def _last_months(traffic: Traffic, hours: int) -> Iterator[int]:
    now = traffic.moment(0)
    for age in range(27 * DAY_HOURS, len(traffic.counts) - hours):
        moment = traffic.moment(age)
        if moment.day == now.day and abs((moment.hour - now.hour + 12) % 24 - 12) <= 2:
            yield traffic.total(age, hours)


def _describe(traffic: Traffic, hours: int, how: str) -> Finding:
    usual, now = choose_usual(traffic, 0, hours), traffic.total(0, hours)
    assert usual
    days = list_days(traffic, 0, hours)
    edge = usual.least if how == LOW else max(LEAST_COUNT, _most(traffic, hours, days))
    factor = max(1.0, edge / max(now, 1) if how == LOW else now / edge)
    is_clear = factor >= DRIFT_FACTOR or (how == LOW and now == 0)
    verdict = Verdict.DRIFT if is_clear else Verdict.WARNING
    text = _words(now, hours, usual, HOUR)
    return _make_finding(verdict, text, now, usual.middle, how, max(factor, DRIFT_FACTOR if is_clear else 1.0))


def _words(now: int, hours: int, usual: Usual, window: timedelta) -> str:
    least, most = usual.least, max(usual.sums)
    usually = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    over = (
        ""
        if hours * HOUR <= max(window, HOUR)
        else f" in the last {hours} hours"
        if hours < DAY_HOURS
        else " in the last day"
    )
    like = {"days": "day", "weekday": "such weekday", "weekends": "weekend day"}.get(usual.called, usual.called[:-1])
    like = "week" if hours > DAY_HOURS else like
    earlier = format_count(len(usual.sums), like)
    return f"{format_count(now, 'prediction')}{over}; {usually} at this time of the last {earlier}"


def _make_finding(
    verdict: Verdict, text: str, now: int, before: float, how: str | None = None, effect: float | None = None
) -> Finding:
    bins = ("predictions",)
    sides = Distribution(bins, (before,)), Distribution(bins, (now,))
    return Finding(
        VOLUME, verdict, text, *sides, test=how, effect=effect or (1.0 if verdict is Verdict.STABLE else None)
    )
