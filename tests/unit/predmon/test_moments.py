"""Moments and periods as people write them."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from predmon.moments import past_period

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def test_a_baseline_until_the_end_of_today_ends_now() -> None:
    before = datetime.now(UTC)

    period = past_period(before - DAY, before + DAY)

    assert before - timedelta(seconds=1) < period.end <= datetime.now(UTC)


def test_a_period_that_lies_in_the_future_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="is not before"):
        past_period(NOW + DAY, NOW + 2 * DAY)


def test_a_period_is_in_whole_milliseconds_as_a_reference_stores_it() -> None:
    start = datetime(2026, 1, 1, microsecond=123_456, tzinfo=UTC)

    assert past_period(start, start + timedelta(hours=1)).start == start.replace(microsecond=123_000)
