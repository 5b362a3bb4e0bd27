"""The number of predictions, compared with the same time of earlier days.

Traffic has its days and nights. A frozen level would either alarm every night or miss an outage; the same time of the
days before is what is normal now. Windows that were themselves reported as unusual do not count, so that an outage is
reported until it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.drift.judgement.signals import VOLUME
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.statistics.distribution import Distribution
from monitors.reporting.periods import Period
from monitors.reporting.wording import format_count

WARNING_FACTOR = 2
DRIFT_FACTOR = 4
LEAST_COUNT = 20
"""Counts below this differ by chance alone, so a smaller count is treated as this one."""
HISTORY_DAYS = 14
FEW_DAYS = 3
"""With fewer earlier days only drift counts, no warning."""
ENOUGH_TO_TRIM = 5
"""From this many days on, the lowest and the highest do not count."""
HOUR = timedelta(hours=1)
LENGTHS = (timedelta(hours=6), timedelta(days=1))
"""Looked at where a shorter window usually holds too few predictions to tell an outage from chance."""
OVER = {HOUR: "hour", LENGTHS[0]: "6 hours", LENGTHS[1]: "day"}


@dataclass(frozen=True)
class Traffic:
    """Predictions in windows of one length: now, and the least and most at about this time of each earlier day."""

    now: int
    earlier: Mapping[datetime, tuple[int, int]]
    length: timedelta = HOUR


def choose_lengths(window: timedelta) -> list[timedelta]:
    """Return the lengths that are looked at: an hour at least, and longer ones for quiet models."""
    first = max(window, HOUR)
    return [first, *(length for length in LENGTHS if length > first)]


def yield_earlier_windows(end: datetime, length: timedelta) -> Iterator[tuple[datetime, list[Period]]]:
    """Yield for each earlier day the windows at about the same time: an hour before and after, too, for short ones.

    Windows longer than a day are compared with the same days of earlier weeks.
    """
    step = timedelta(days=1) if length <= timedelta(days=1) else timedelta(days=7 * -(-length // timedelta(days=7)))
    shifts = (-HOUR, timedelta(0), HOUR) if length <= 6 * HOUR else (timedelta(0),)
    for number in range(1, HISTORY_DAYS + 1):
        moment = end - number * step
        yield moment, [Period(moment + shift - length, moment + shift) for shift in shifts]


def choose_usual(traffic: Traffic, moment: datetime) -> tuple[list[tuple[int, int]], str]:
    """Return the earlier days that count, and what they are: of the same kind (working day or weekend) if possible."""
    weekend = moment.weekday() >= 5
    same = [found for day, found in traffic.earlier.items() if (day.weekday() >= 5) is weekend]
    if len(same) >= FEW_DAYS:
        return same, "weekend days" if weekend else "working days"
    return list(traffic.earlier.values()), "days"


def judge_volume(found: Sequence[Traffic], moment: datetime, window: timedelta = HOUR) -> Finding:
    """Compare the number of predictions with earlier days: of the shortest window that usually holds enough.

    The words say over how long they were counted, where that is not the run's `window`.
    Its `effect` is the factor by which the window leaves the range of the earlier days: 1 inside of it.
    """
    chosen = next((each for each in found if _find_lowest(each, moment) >= LEAST_COUNT), found[0])
    days, called = choose_usual(chosen, moment)
    counts = Distribution(("predictions",), (chosen.now,))
    middle = sorted(low for low, _ in days)[len(days) // 2] if days else 0
    before = Distribution(("predictions",), (middle,))
    if not days:
        text = "no earlier day to compare the number of predictions with"
        return Finding(VOLUME, Verdict.NOT_ENOUGH_DATA, text, before, counts)
    lowest, highest = _find_range(days)
    level = max(chosen.now, LEAST_COUNT)
    factor = max(1.0, level / max(highest, LEAST_COUNT), lowest / level)
    if chosen.now == 0 and lowest >= LEAST_COUNT:
        factor = max(factor, float(DRIFT_FACTOR))
    verdict = Verdict.STABLE
    if factor >= DRIFT_FACTOR:
        verdict = Verdict.DRIFT
    elif factor >= WARNING_FACTOR and len(days) >= FEW_DAYS and called != "days":
        verdict = Verdict.WARNING
    usually = f"{lowest:,}" if lowest == highest else f"{lowest:,} to {highest:,}"
    over = "" if chosen.length == window else f" in the last {OVER[chosen.length]}"
    earlier = format_count(len(days), "week" if chosen.length > timedelta(days=1) else called[:-1])
    text = f"{format_count(chosen.now, 'prediction')}{over}; {usually} at this time of the last {earlier}"
    return Finding(VOLUME, verdict, text, before, counts, effect=factor)


def _find_lowest(traffic: Traffic, moment: datetime) -> int:
    days, _ = choose_usual(traffic, moment)
    return _find_range(days)[0] if days else 0


def _find_range(days: Sequence[tuple[int, int]]) -> tuple[int, int]:
    lows, highs = sorted(low for low, _ in days), sorted(high for _, high in days)
    if len(days) >= ENOUGH_TO_TRIM:
        return lows[1], highs[-2]
    return lows[0], highs[-1]
