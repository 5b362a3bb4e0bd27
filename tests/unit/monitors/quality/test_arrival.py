"""Where the judged window ends: at the newest moment up to which the truth has mostly arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors.quality.arrival import HOUR, choose_end

NOW = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)


def hours(count: int, first: int, last: int) -> dict[datetime, int]:
    """Return so many of each hour, from the `first` to the `last` hour before now."""
    return {NOW - (age + 1) * HOUR: count for age in range(first, last)}


def test_without_a_truth_the_window_ends_now() -> None:
    assert choose_end(NOW, hours(10, 0, 1000), {}, None) == NOW


def test_a_truth_that_comes_at_once_is_judged_up_to_now() -> None:
    assert choose_end(NOW, hours(10, 0, 1000), hours(10, 0, 1000), None) == NOW


@pytest.mark.parametrize("days", [3, 10])
def test_a_truth_that_comes_late_is_judged_up_to_where_it_has_come(days: int) -> None:
    end = choose_end(NOW, hours(100, 0, 1000), hours(100, 24 * days, 1000), None)

    assert timedelta(days=days - 0.25) <= NOW - end < timedelta(days=days)


def test_a_share_of_truths_is_mostly_there_where_it_is_as_large_as_in_earlier_weeks() -> None:
    told = hours(20, 48, 1000) | hours(10, 0, 48)

    assert NOW - choose_end(NOW, hours(100, 0, 1000), told, None) > timedelta(days=1)
    assert choose_end(NOW, hours(100, 0, 1000), told | hours(19, 0, 48), None) == NOW


def test_the_delay_that_is_usual_lately_ends_the_window_later() -> None:
    told = hours(20, 48, 1000) | hours(10, 0, 48)

    assert choose_end(NOW, hours(100, 0, 1000), told, timedelta(hours=6, minutes=40)) == NOW - 6 * HOUR


def test_a_usual_delay_after_which_no_truth_is_there_does_not_count() -> None:
    told = hours(100, 24 * 10, 1000)

    assert choose_end(NOW, hours(100, 0, 1000), told, HOUR) == choose_end(NOW, hours(100, 0, 1000), told, None)


def test_the_window_of_a_model_that_is_gone_ends_now() -> None:
    gone = hours(100, 240, 1000)

    assert choose_end(NOW, gone, gone, None) == NOW
