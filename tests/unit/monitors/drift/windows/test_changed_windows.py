"""Windows that no run judged, since the function did not run at that time."""

from datetime import UTC, datetime, timedelta

from monitors.drift.windows.changed_windows import list_missed_windows
from monitors.drift.windows.history import Judged
from monitors.reporting.periods import Period

MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def judged(*hours: float, length: timedelta = HOUR) -> list[Judged]:
    """Return windows that were judged, by the hours at which they begin."""
    starts = [MIDNIGHT + hour * HOUR for hour in hours]
    return [Judged(Period(start, start + length), {"1": 300}, 0) for start in starts]


def test_the_hours_of_an_outage_are_cut_into_windows() -> None:
    missed = list_missed_windows(judged(1, 5), MIDNIGHT + 7 * HOUR, HOUR)

    assert [each.period for each in missed] == [each.period for each in judged(2, 3, 4, 6)]


def test_a_schedule_that_is_some_seconds_late_misses_no_window() -> None:
    late = [*judged(1), *judged(2.002)]

    assert list_missed_windows(late, MIDNIGHT + 3.003 * HOUR, HOUR) == []


def test_a_window_of_a_day_that_a_person_asked_for_covers_the_hours_in_it() -> None:
    day = judged(0, length=24 * HOUR)

    assert list_missed_windows([*day, *judged(3)], MIDNIGHT + 24 * HOUR, HOUR) == []


def test_the_windows_of_two_weeks_are_not_more_than_one_run_can_ask_for() -> None:
    missed = list_missed_windows(judged(0), MIDNIGHT + 14 * 24 * HOUR, timedelta(minutes=1))

    assert len(missed) == 500
    assert {each.period.length for each in missed} == {timedelta(minutes=1)}
    assert missed[-1].period.end == MIDNIGHT + 14 * 24 * HOUR
