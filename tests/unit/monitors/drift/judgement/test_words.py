"""The words and links that people see, at the ends of what numbers and names can be."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus

import pytest

from monitors.drift.judgement.explaining import explain_shortage
from monitors.drift.judgement.usual_traffic import Traffic
from monitors.drift.judgement.volume import judge_volume
from monitors.drift.reports.run import make_link
from monitors.drift.statistics.distribution import CrossTable, Distribution
from monitors.reporting.periods import Group, Period
from monitors.reporting.wording import format_number, format_percent

NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (1e-7, "under 0.1 %"), (0.31, "31 %"), (0.996, "99.6 %"), (0.9996, "over 99.9 %"), (1, "100 %")],
)
def test_a_share_is_nothing_or_all_only_where_it_is(share: float, words: str) -> None:
    assert format_percent(share) == words


def test_the_largest_number_fits_a_line() -> None:
    assert (format_number(1.7e308), format_number(-1234567)) == ("1.7e+308", "-1,234,567")


def test_a_quiet_models_count_says_over_how_long_it_was_counted() -> None:
    found = judge_volume(Traffic(NOON, [0] * 6 + [2] * 24 * 20))

    assert found.explanation == "0 predictions in the last 6 hours; 12 at this time of the last 20 days"


def test_windows_of_two_days_are_compared_with_those_of_earlier_weeks() -> None:
    found = judge_volume(Traffic(NOON, [10] * 24 * 31), 2 * DAY)

    assert found.explanation == "480 predictions; 480 at this time of the last 4 weeks"


@pytest.mark.parametrize("version", ["1.0+build.5", 'the "new" one', "a\\b", "50 % & more #1"])
def test_the_link_finds_a_version_of_any_letters(version: str) -> None:
    link = make_link(Group("/aws/lambda/model", version), Period(NOON - HOUR, NOON))["link"]

    literal = version.replace("\\", "\\\\").replace('"', '\\"')
    assert f'model.version.keyword : "{literal}"' in unquote_plus(link.partition("&_a=")[2])
    assert "#" not in link.partition("#")[2]


def test_what_is_too_little_is_named() -> None:
    many, few = (Distribution(("below 0.5", "0.5 and above"), counts) for counts in ((100, 900), (50, 100)))
    rows = CrossTable(("de", "fr"), ("spam", "ham"), (10, 10, 10, 10))

    assert explain_shortage("least_sure", many, few, 200) == "the current window has 150 of the 200 scores needed"
    assert (
        explain_shortage("segments", rows, rows, 200)
        == "the reference has 40 of the 200 predictions with a segment needed"
    )


def test_a_prediction_with_several_labels_is_one_prediction() -> None:
    before = CrossTable(tuple("abcdefghij"), ("with", "without"), (100, 900) * 10)
    now = CrossTable(before.rows, before.bins, (20, 0) * 10)

    assert explain_shortage("labels", before, now, 200) == "the current window has 20 of the 200 predictions needed"
