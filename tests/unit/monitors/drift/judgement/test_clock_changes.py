"""The Sundays on which clocks change."""

from datetime import date

from monitors.drift.judgement.clock_changes import has_changed_between, list_changes


def test_clocks_change_on_two_sundays_in_europe_and_on_two_in_the_united_states() -> None:
    assert list_changes(2026) == (date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1))
    assert list_changes(2025) == (date(2025, 3, 9), date(2025, 3, 30), date(2025, 10, 26), date(2025, 11, 2))


def test_a_change_lies_after_the_first_and_up_to_the_last_day() -> None:
    assert has_changed_between(date(2026, 10, 24), date(2026, 10, 25))
    assert not has_changed_between(date(2026, 10, 25), date(2026, 10, 31))
    assert has_changed_between(date(2025, 12, 1), date(2026, 4, 1))
