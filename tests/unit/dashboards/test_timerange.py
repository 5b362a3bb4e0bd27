"""The time picker's language."""

from datetime import UTC, datetime

import pytest

from dashboards.preview.timerange import TimeRange, TimeRangeError

NOW = datetime(2026, 1, 15, 12, 34, 56, 789000, UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now-24h", "2026-01-14T12:34:56.789000+00:00"),
        ("now-15m", "2026-01-15T12:19:56.789000+00:00"),
        ("now/d", "2026-01-15T00:00:00+00:00"),
        ("now-1d/d", "2026-01-14T00:00:00+00:00"),
        ("now/w", "2026-01-12T00:00:00+00:00"),
        ("now/h", "2026-01-15T12:00:00+00:00"),
        ("2026-01-01", "2026-01-01T00:00:00+00:00"),
        ("2026-01-01T10:00:00+02:00", "2026-01-01T10:00:00+02:00"),
    ],
)
def test_a_moment_is_relative_or_iso(text: str, moment: str) -> None:
    assert TimeRange.parse(text, "now", now=NOW).start == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("start", "bar"),
    [("now-15m", "30s"), ("now-1h", "1m"), ("now-24h", "30m"), ("now-7d", "3h"), ("now-30d", "12h"), ("now-1y", "7d")],
)
def test_auto_bars_have_the_same_length_as_in_dashboards(start: str, bar: str) -> None:
    assert TimeRange.parse(start, "now", now=NOW).interval() == bar


@pytest.mark.parametrize(("wanted", "bar"), [("h", "1h"), ("20m", "20m"), ("m", "30m"), ("w", "30m")])
def test_a_given_bar_length_is_used_unless_it_makes_more_than_a_hundred_bars(wanted: str, bar: str) -> None:
    assert TimeRange.parse("now-24h", "now", now=NOW).interval(wanted) == bar


def test_whole_bars_cover_the_range_and_no_more() -> None:
    span = TimeRange.parse("2026-01-01T09:42:00Z", "2026-01-01T11:10:00Z")

    found = [datetime.fromtimestamp(each / 1000, UTC).strftime("%H:%M") for each in span.bars("30m")]

    assert found == ["09:30", "10:00", "10:30", "11:00", "11:30"]


@pytest.mark.parametrize("text", ["yesterday", "now-1x", "now-", "", "2026-13-01", "now-999999y"])
def test_a_text_that_is_not_a_time_says_what_to_write(text: str) -> None:
    with pytest.raises(TimeRangeError, match="Write now, now-24h"):
        TimeRange.parse(text, "now", now=NOW)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(TimeRangeError, match=r"ends .now-2h. before it begins .now-1h."):
        TimeRange.parse("now-1h", "now-2h", now=NOW)
