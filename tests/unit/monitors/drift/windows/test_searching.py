"""The questions put to OpenSearch."""

from datetime import UTC, datetime

from monitors.drift.windows.searching import name_days
from monitors.reporting.periods import Period


def period(start: datetime, end: datetime) -> Period:
    return Period(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


def test_a_window_at_the_turn_of_the_year_names_the_days_of_both_years() -> None:
    assert name_days(period(datetime(2025, 12, 31, 23, 30), datetime(2026, 1, 1, 0, 30))) == (
        "cwl-2025.12.31,cwl-2026.01.01"
    )


def test_the_days_of_many_years_fit_the_address_of_a_request() -> None:
    names = name_days(period(datetime(1970, 1, 1), datetime(2026, 5, 8)))

    assert len(names) < 2000
    assert names.startswith("cwl-1970.*,cwl-1971.*,")
    assert names.endswith(",cwl-2026.*")
