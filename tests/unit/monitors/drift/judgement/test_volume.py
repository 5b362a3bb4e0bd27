"""The number of predictions against the same time of earlier days."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.judgement.volume import Traffic, choose_lengths, judge_volume, yield_earlier_windows
from monitors.reporting.periods import Period

NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)  # a Thursday
HOUR = timedelta(hours=1)


def days(*counts: int, spread: int = 0) -> dict[datetime, tuple[int, int]]:
    """Counts of the days before at this time, yesterday's first."""
    return {
        NOON - timedelta(days=number): (count - spread, count + spread) for number, count in enumerate(counts, start=1)
    }


def judged(now: int, *counts: int, spread: int = 0) -> Finding:
    return judge_volume([Traffic(now, days(*counts, spread=spread))], NOON)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (200, Verdict.STABLE),
        (101, Verdict.STABLE),
        (100, Verdict.WARNING),
        (50, Verdict.DRIFT),
        (0, Verdict.DRIFT),
        (1599, Verdict.STABLE),
        (1600, Verdict.WARNING),
        (3200, Verdict.DRIFT),
    ],
)
def test_what_leaves_the_range_of_earlier_days_by_a_factor_counts(now: int, verdict: Verdict) -> None:
    assert judged(now, 200, 800, 400).verdict is verdict


def test_the_lowest_and_the_highest_of_many_days_do_not_count() -> None:
    assert judged(50, *[400] * 10, 40).verdict is Verdict.DRIFT


def test_a_first_day_has_nothing_to_be_compared_with() -> None:
    finding = judged(0)

    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.explanation == "no earlier day to compare the number of predictions with"


@pytest.mark.parametrize(("now", "verdict"), [(0, Verdict.DRIFT), (120, Verdict.STABLE), (4000, Verdict.DRIFT)])
def test_one_earlier_day_is_enough_for_an_outage_and_not_for_a_warning(now: int, verdict: Verdict) -> None:
    assert judged(now, 300).verdict is verdict


def test_nights_without_predictions_do_not_make_an_empty_noon_normal() -> None:
    """Only the same time of earlier days counts."""
    assert judged(0, *[5000] * 7).verdict is Verdict.DRIFT


def test_small_counts_differ_by_chance() -> None:
    assert judged(12, 1, 2, 3, 1).verdict is Verdict.STABLE


def test_silence_after_little_but_steady_traffic_is_drift() -> None:
    finding = judged(0, *[25] * 4)

    assert finding.verdict is Verdict.DRIFT
    assert finding.explanation == "0 predictions; 25 at this time of the last 3 working days"


def test_a_quiet_model_is_looked_at_over_a_day() -> None:
    quiet = [Traffic(0, days(*[2] * 7)), Traffic(0, days(*[11] * 7)), Traffic(0, days(*[48] * 7))]

    assert judge_volume(quiet, NOON).verdict is Verdict.DRIFT


def test_working_days_are_compared_with_working_days() -> None:
    weekend = {NOON - timedelta(days=4): (20, 20), NOON - timedelta(days=5): (20, 20)}

    found = judge_volume([Traffic(30, {**days(500, 500, 500), **weekend})], NOON)

    assert found.verdict is Verdict.DRIFT
    assert "3 working days" in found.explanation


@pytest.mark.parametrize(
    ("minutes", "looked_at"), [(5, [1, 6, 24]), (60, [1, 6, 24]), (480, [8, 24]), (1440, [24]), (10080, [168])]
)
def test_every_window_has_lengths_that_hold_enough(minutes: int, looked_at: list[int]) -> None:
    assert choose_lengths(timedelta(minutes=minutes)) == [timedelta(hours=hours) for hours in looked_at]


@pytest.mark.parametrize(("hours", "apart"), [(1, 1), (8, 1), (24, 1), (168, 7), (200, 14)])
def test_windows_are_compared_with_the_same_time_of_other_days(hours: int, apart: int) -> None:
    (moment, periods), *others = yield_earlier_windows(NOON, hours * HOUR)

    assert moment == NOON - timedelta(days=apart)
    assert Period(moment - hours * HOUR, moment) in periods
    assert len(others) == 13
