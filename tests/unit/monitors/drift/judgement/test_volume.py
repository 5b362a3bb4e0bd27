"""The number of predictions against what is usual: traffic as people have it, looked at hour by hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from monitors.drift.judgement.usual_traffic import LONGEST_DAYS, Traffic
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.judgement.volume import HIGH, LOW, choose_lengths, judge_volume

START = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)  # a Thursday, far from any change of the clocks
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = timedelta(minutes=-5)
"""The hour that is judged ended five minutes ago."""
Rate = Callable[[int, int], float]
Event = tuple[datetime, datetime, str]
"""The first and the last reported window of an event, by their ends, and its direction."""


def spread(rate: Rate, days: int, seed: int = 7) -> list[float]:
    """Return the hours since the start at which predictions are made, `rate(day, hour)` of them in an hour."""
    generator = np.random.default_rng(seed)
    moments = [
        hour + generator.random(generator.poisson(rate(hour // 24, hour % 24)))
        for hour in range(24 * days)
        if rate(hour // 24, hour % 24)
    ]
    return np.sort(np.concatenate(moments)).tolist()


def nightly(days: int = 20, jitter_minutes: float = 0, fails_on: int = -1, seed: int = 7) -> list[float]:
    """Return 5,000 predictions within three minutes from 02:00 on, each night."""
    generator = np.random.default_rng(seed)
    found = []
    for day in range(days):
        begin = 24 * day + 2 + generator.uniform(-jitter_minutes, jitter_minutes) / 60
        if day != fails_on:
            found += (begin + generator.uniform(0, 0.05, 5000)).tolist()
    return sorted(found)


def replay(moments: list[float], days: int) -> list[Event]:
    """Look at every hour as the schedule does, with what was reported before; return the events."""
    edges = np.arange(24 * days + 1) + LATE / HOUR
    counts = np.histogram(moments, edges)[0].tolist()
    first = next(number for number, count in enumerate(counts) if count)
    reported: dict[str, set[int]] = {LOW: set(), HIGH: set()}
    events: list[Event] = []
    for number in range(first, len(counts)):
        end = START + LATE + (number + 1) * HOUR
        sides = (frozenset(number - each for each in reported[how]) for how in (LOW, HIGH))
        found = judge_volume(Traffic(end, counts[first : number + 1][::-1][: 24 * LONGEST_DAYS], *sides))
        if found.verdict.severity:
            reported[str(found.test)].add(number)
            goes_on = events and events[-1][1] == end - HOUR
            events.append((events.pop()[0] if goes_on else end, end, str(found.test)))
    return events


def at(day: int, hour: int) -> datetime:
    return START + day * DAY + hour * HOUR + LATE


@pytest.mark.parametrize("jitter_minutes", [0, 15])
def test_a_nightly_batch_that_comes_is_no_alarm(jitter_minutes: float) -> None:
    assert replay(nightly(jitter_minutes=jitter_minutes), 20) == []


@pytest.mark.parametrize("jitter_minutes", [0, 15])
def test_a_nightly_batch_that_does_not_come_is_reported_within_an_hour_until_the_next_one(
    jitter_minutes: float,
) -> None:
    ((start, end, how),) = replay(nightly(jitter_minutes=jitter_minutes, fails_on=12), 20)

    assert (start, how) == (at(12, 3), LOW)
    assert at(13, 1) <= end <= at(13, 2)


def test_working_days_are_no_alarm_from_the_second_weekend_on() -> None:
    office = spread(lambda day, hour: 600 * (9 <= hour < 17 and day % 7 < 5), 28)

    assert [(start, how) for start, _, how in replay(office, 28)] == [(at(5, 10), LOW)]


@pytest.mark.parametrize("part", [0.1, 0.2])
def test_a_weekend_with_a_part_of_the_traffic_is_one_event(part: float) -> None:
    found = replay(spread(lambda day, hour: (60 + 240 * (8 <= hour < 20)) * (part if day % 7 > 4 else 1), 28), 28)

    assert [start for start, *_ in found if start > at(7, 1)] == []
    assert len(found) <= 2


def test_office_hours_after_a_change_of_the_clocks_are_at_most_a_day_of_alarms() -> None:
    office = spread(lambda day, hour: 500 if 9 <= hour + (2 if day < 20 else 1) < 18 else 220, 25)

    assert all(at(20, 0) <= start and end <= at(21, 0) for start, end, _ in replay(office, 25))


@pytest.mark.parametrize(
    ("rate", "days", "events"),
    [
        (lambda _day, _hour: 300, 25, []),
        (lambda day, hour: 0 if day == 20 and 10 <= hour < 13 else 300, 25, [(at(20, 11), at(20, 13), LOW)]),
        (lambda day, hour: 60 if day == 20 and hour == 10 else 300, 25, [(at(20, 11), at(20, 11), LOW)]),
        (lambda day, hour: 1200 if day == 20 and hour == 10 else 300, 25, [(at(20, 11), at(20, 11), HIGH)]),
        (lambda day, _hour: 100 * 1.05 ** (day / 7), 35, []),
        (lambda day, hour: 4000 * (day % 7 == 0 and hour == 3), 35, [(at(7, 4), at(7, 8), HIGH)]),
    ],
    ids=["steady", "outage", "an hour at a fifth", "an hour at four times", "growing", "a weekly batch, once"],
)
def test_what_is_told_of_traffic(rate: Rate, days: int, events: list[Event]) -> None:
    assert replay(spread(rate, days), days) == events


def test_a_holiday_is_one_event_and_a_lasting_new_level_is_usual_after_a_week() -> None:
    office = spread(lambda day, hour: 600 * (9 <= hour < 17 and day % 7 < 5 and day != 16), 21)
    fallen = spread(lambda day, _hour: 90 if day >= 20 else 300, 32)

    assert [start for start, *_ in replay(office, 21)] == [at(5, 10), at(16, 10)]
    ((start, end, _),) = replay(fallen, 32)
    assert (start, end - start < 8 * DAY) == (at(20, 1), True)


def test_a_first_day_has_nothing_to_be_compared_with() -> None:
    finding = judge_volume(Traffic(NOON, [0, 300, 300]))

    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.explanation == "no earlier day to compare the number of predictions with"


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [(0, 300, Verdict.DRIFT), (60, 300, Verdict.DRIFT), (120, 300, Verdict.STABLE), (0, 12, Verdict.STABLE)],
)
def test_in_the_first_days_only_an_outage_of_steady_traffic_is_told(now: int, before: int, verdict: Verdict) -> None:
    finding = judge_volume(Traffic(NOON, [now, *[before] * 30]))

    assert finding.verdict is verdict
    assert finding.explanation.startswith(f"{now} predictions; {before} at this time of the last 1 day")


def test_nights_without_predictions_do_not_make_an_empty_noon_normal() -> None:
    """Only the same time of earlier days counts."""
    day = [5000] * 12 + [0] * 12

    assert judge_volume(Traffic(NOON, [0, *day[1:], *day * 7])).verdict is Verdict.DRIFT


def test_small_counts_differ_by_chance() -> None:
    assert judge_volume(Traffic(NOON, [0, *[1, 2, 3, 1] * 48])).verdict is Verdict.STABLE


def test_silence_after_little_but_steady_traffic_is_drift() -> None:
    finding = judge_volume(Traffic(NOON, [0, *[25] * 24 * 4]))

    assert finding.verdict is Verdict.DRIFT
    assert (finding.test, finding.effect) == (LOW, 25)
    assert finding.explanation == "0 predictions; 25 at this time of the last 4 days"


def test_a_quiet_model_is_looked_at_over_longer_windows() -> None:
    assert judge_volume(Traffic(NOON, [0] * 6 + [2] * 24 * 7)).verdict is Verdict.DRIFT


@pytest.mark.parametrize(
    ("minutes", "looked_at"),
    [(5, [1, 2, 3, 6, 12, 24]), (60, [1, 2, 3, 6, 12, 24]), (480, [12, 24]), (1440, [24]), (10080, [168])],
)
def test_every_window_has_lengths_that_hold_enough(minutes: int, looked_at: list[int]) -> None:
    assert choose_lengths(timedelta(minutes=minutes)) == looked_at
