"""Times of a column: the right moment, or refused with what decides it; never 1970, never the future."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from predmon.commands.actuals.rows import BadRowError, ColumnError
from predmon.commands.actuals.times import TimeColumn

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(column: TimeColumn, *times: object) -> list[str]:
    """Read a column of times; return the moments in UTC."""
    for line, time in enumerate(times, 2):
        column.add(line, time)
    column.settle()
    moments = (datetime.fromtimestamp(column.read(time, NOW) / 1000, UTC) for time in times)
    return [moment.isoformat(timespec="milliseconds").removesuffix("+00:00") for moment in moments]


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-11-02T03:04:05Z", "2026-11-02T03:04:05.000"),
        ("2026-11-02 03:04:05.678", "2026-11-02T03:04:05.678"),
        ("2026-11-02T05:04:05+02:00", "2026-11-02T03:04:05.000"),
        ("2026-11-28 14:03:11 +0100", "2026-11-28T13:03:11.000"),
        ("2026-11-28 14:03:11 UTC", "2026-11-28T14:03:11.000"),
        ("2026-11-28T14:03:11.123456789Z", "2026-11-28T14:03:11.123"),
        ("2026-11-28T14:03:11+01:00[Europe/Berlin]", "2026-11-28T13:03:11.000"),
        ("2026/11/28 2:03 PM", "2026-11-28T14:03:00.000"),
        ("2026-11-28 12:03 am", "2026-11-28T00:03:00.000"),
        ("20261128", "2026-11-28T00:00:00.000"),
        ("20261128T140311Z", "2026-11-28T14:03:11.000"),
        ("20261128140311", "2026-11-28T14:03:11.000"),
        ("28.11.2026 14:03", "2026-11-28T14:03:00.000"),
        ("05.11.2026", "2026-11-05T00:00:00.000"),
        ("11/28/2026 14:03", "2026-11-28T14:03:00.000"),
        ("28/11/2026", "2026-11-28T00:00:00.000"),
        ("11/11/2026", "2026-11-11T00:00:00.000"),
        ("28-Nov-2026 14:03", "2026-11-28T14:03:00.000"),
        ("Nov 28, 2026, 2:03:11 PM", "2026-11-28T14:03:11.000"),
        ("Sat, 28 Nov 2026 14:03:11 +0000", "2026-11-28T14:03:11.000"),
        ("Sat Nov 28 14:03:11 PST 2026", "2026-11-28T22:03:11.000"),
        ("Sat Nov 28 2026 14:03:11 GMT+0100 (Central European Standard Time)", "2026-11-28T13:03:11.000"),
        ("46354.58", "2026-11-28T13:55:12.000"),
        ("46354,58", "2026-11-28T13:55:12.000"),
        (46354, "2026-11-28T00:00:00.000"),
        ("1793588645", "2026-11-02T03:04:05.000"),
        (1793588645.5, "2026-11-02T03:04:05.500"),
        ("1793588645678", "2026-11-02T03:04:05.678"),
        ("1793588645678901", "2026-11-02T03:04:05.679"),
        ("1793588645678901234", "2026-11-02T03:04:05.679"),
    ],
)
def test_a_time_is_the_moment_that_is_meant(time: object, moment: str) -> None:
    assert read(TimeColumn(), time) == [moment]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("yesterday", "is not read. Write it as 2026-11-28 14:03"),
        ("0", "is not read"),
        ("7", "is not read"),
        (True, "is not read"),
        ("2026-02-30", "is not read"),
        ("2026-11-28 25:00", "is not read"),
        ("1e300", "is not read"),
        ("1.79359E+12", "was shortened by a spreadsheet"),
        ("14:03", "has no date"),
        ("03:11.1", "has no date"),
        ("3000-01-01", "is not between 2000 and 2100"),
        ("1970-01-01", "is not between 2000 and 2100"),
        ("2026-12-03", "lies in the future. If the column has another time zone"),
        ("2026-11-30 12:06", "lies in the future"),
    ],
)
def test_a_time_that_cannot_be_right_is_refused(time: object, reason: str) -> None:
    with pytest.raises(BadRowError, match=reason.replace(".", r"\.")):
        read(TimeColumn(), time)


def test_a_clock_may_be_a_few_minutes_ahead() -> None:
    assert read(TimeColumn(), "2026-11-30 12:05") == ["2026-11-30T12:05:00.000"]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (
            ["05/11/2026", "06/11/2026"],
            r"can be read day first or month first \(line 2: 05/11/2026\).*--date-order dmy",
        ),
        (["28/11/2026", "11/28/2026"], "with the day first .* and with the month first"),
        (["28.11.26"], "years of two digits .* --date-order ymd"),
    ],
)
def test_a_column_that_can_be_read_several_ways_is_refused_with_the_option_that_decides(
    times: list[str], message: str
) -> None:
    with pytest.raises(ColumnError, match=message):
        read(TimeColumn(), *times)


@pytest.mark.parametrize(
    ("order", "time", "moment"),
    [
        ("dmy", "05/11/2026", "2026-11-05"),
        ("mdy", "05/11/2026", "2026-05-11"),
        ("dmy", "28.11.26", "2026-11-28"),
        ("ymd", "26-11-28", "2026-11-28"),
        ("mdy", "05.11.2026", "2026-05-11"),
    ],
)
def test_the_order_is_what_a_person_says(order: str, time: str, moment: str) -> None:
    assert read(TimeColumn(order), time) == [f"{moment}T00:00:00.000"]


def test_one_date_that_can_only_be_read_one_way_decides_for_the_column() -> None:
    assert read(TimeColumn(), "05/11/2026", "13/11/2026")[0] == "2026-11-05T00:00:00.000"
    assert read(TimeColumn(), "05/11/2026", "05/13/2026")[0] == "2026-05-11T00:00:00.000"


def test_day_numbers_beside_dates_as_text_are_refused_since_day_and_month_may_be_swapped() -> None:
    column = TimeColumn()

    with pytest.raises(BadRowError, match=r"is a day number of Excel, but other dates .* \(line 3: 28/11/2026\)"):
        read(column, "46363", "28/11/2026")


def test_times_without_a_zone_are_of_the_zone_that_a_person_says() -> None:
    times = read(TimeColumn(zone=BERLIN), "2026-11-28 14:03", "2026-07-28 14:03", "2026-11-28T14:03Z", "46354.5")

    assert times == [f"2026-{each}:00.000" for each in ("11-28T13:03", "07-28T12:03", "11-28T14:03", "11-28T11:00")]
