"""The Sundays on which clocks change in Europe and in the United States."""

from __future__ import annotations

from datetime import date, timedelta

WEEK = timedelta(days=7)


def list_changes(year: int) -> tuple[date, ...]:
    """Return the days of a year on which clocks change, in order."""
    last_of_march, last_of_october = _sunday_before(date(year, 4, 1)), _sunday_before(date(year, 11, 1))
    second_of_march, first_of_november = _sunday_before(date(year, 3, 15)), _sunday_before(date(year, 11, 8))
    return tuple(sorted((second_of_march, last_of_march, last_of_october, first_of_november)))


def has_changed_between(start: date, end: date) -> bool:
    """Tell whether clocks changed after the day `start` and up to the day `end`."""
    years = range(start.year, end.year + 1)
    return any(start < change <= end for year in years for change in list_changes(year))


def _sunday_before(day: date) -> date:
    """Return the last Sunday before a day."""
    return day - timedelta(days=day.weekday() + 1)
