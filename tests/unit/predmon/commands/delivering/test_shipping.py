"""How people write moments, and how a backfill cuts time into slices."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from predmon.commands.delivering.backfill import slices
from predmon.moments import Moment

NINE_THIRTY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "ago"),
    [("30m", timedelta(minutes=30)), ("12h", timedelta(hours=12)), ("7d", timedelta(days=7)), ("2w", timedelta(14))],
)
def test_age_counts_from_now(written: str, ago: timedelta) -> None:
    moment = Moment().convert(written, None, None)

    assert abs(datetime.now(UTC) - ago - moment) < timedelta(seconds=5)


@pytest.mark.parametrize("written", ["2026-11-22T09:30", "2026-11-22T10:30+01:00", "2026-11-22T09:30:00Z"])
def test_time_is_utc_unless_it_says_otherwise(written: str) -> None:
    assert Moment().convert(written, None, None) == NINE_THIRTY


@pytest.mark.parametrize("written", ["", "yesterday", "7", "7y", "-7d", "2026-13-01"])
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter):
        Moment().convert(written, None, None)


def test_slices_cover_the_time_once_and_end_at_full_hours() -> None:
    parts = list(slices("/group", NINE_THIRTY, NINE_THIRTY + timedelta(hours=2)))

    assert [(part.start.hour, part.start.minute) for part in parts] == [(9, 30), (10, 0), (11, 0)]
    assert [part.end for part in parts[:-1]] == [part.start for part in parts[1:]]
    assert parts[-1].end == NINE_THIRTY + timedelta(hours=2)


def test_another_run_meets_the_same_full_hours() -> None:
    until = NINE_THIRTY + timedelta(hours=5)

    first = {part.name for part in slices("/group", NINE_THIRTY, until)}
    second = {part.name for part in slices("/group", NINE_THIRTY + timedelta(minutes=7), until)}

    assert len(first & second) == len(first) - 1


def test_no_time_has_no_slices() -> None:
    assert list(slices("/group", NINE_THIRTY, NINE_THIRTY)) == []
