"""How sure a variation is known: the degrees of freedom of a season, of a widened test, and of segments."""

import math
from datetime import UTC, datetime, timedelta

import pytest
import scipy.stats

from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.statistics.distribution import CrossTable, Distribution
from monitors.drift.statistics.mix_tests import mix
from monitors.drift.statistics.segments import keep_usual
from monitors.drift.statistics.significance import Dispersion
from monitors.drift.statistics.tails import f_tail

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)
FROZEN = {"label": Distribution(("yes", "no"), (0, 0))}


@pytest.mark.parametrize(("length", "degrees"), [(1, 95), (6, 15.5 - 1), (24, 3.25 - 1), (168, 3.25 - 1)])
def test_four_days_show_so_many_independent_looks_of_a_length(length: int, degrees: float) -> None:
    """Looks of 6 and 24 hours begin every 3 and 6 hours: 31 and 13 of them fit in 96 hours."""
    hours = {MONDAY + timedelta(hours=hour): {"label": (60 + hour % 7, 40)} for hour in range(96)}

    found = measure_season(hours, FROZEN).dispersions[length]["label"]["chi_squared"]

    assert found.degrees == pytest.approx(degrees)


def test_a_week_varies_a_third_as_much_as_a_day() -> None:
    hours = {MONDAY + timedelta(hours=hour): {"label": (60 + 30 * (hour // 24 % 2), 40)} for hour in range(192)}

    day, week = (measure_season(hours, FROZEN).dispersions[length]["label"]["chi_squared"] for length in (24, 168))

    assert day.excess > 0
    assert week.excess == pytest.approx(day.excess / 3)


@pytest.mark.parametrize(("excess", "degrees"), [(0.001, 5), (0.001, 300), (0.1, 20)])
def test_a_widened_test_is_an_f_test_by_satterthwaite(excess: float, degrees: float) -> None:
    statistic = mix((1400, 600), (1250, 750))
    surplus = excess * 2000 * 2000 / 4000
    moved = 1 + surplus
    variance = 2 + 2 * (moved**2 - 1)
    numerator, denominator = 2 * moved**2 / variance, degrees * ((1 + surplus) / surplus) ** 2
    expected = f_tail(statistic.value / moved, numerator, denominator)

    assert statistic.p_value(Dispersion(excess, degrees)) == pytest.approx(expected)
    assert expected == pytest.approx(scipy.stats.f.sf(statistic.value / moved, numerator, denominator), rel=1e-6)


def test_a_mix_has_one_degree_fewer_than_bins() -> None:
    assert mix((500, 300, 200), (400, 350, 250)).expected == 2
    assert mix((500, 300, 200), (400, 350, 250)).variance == 4
    assert mix((500, 500), (500, 500)).ratio == 0


def test_segments_are_as_alike_as_their_degrees_of_freedom_say() -> None:
    counts = (60, 140, 70, 130, 50, 150, 62, 138)
    table = CrossTable(("a", "b", "c", "d"), ("yes", "no"), counts)
    statistic = scipy.stats.chi2_contingency([counts[at : at + 2] for at in range(0, 8, 2)]).statistic
    added = 200 / (statistic / 3 - 1 + math.sqrt(2 / 3))

    yes, no = keep_usual(table)["a"]

    assert (yes, no) == pytest.approx((60 + added * 242 / 800, 140 + added * 558 / 800))


def test_segments_that_are_alike_add_at_most_twenty_times_their_average() -> None:
    table = CrossTable(tuple(map(str, range(50))), ("yes", "no"), (60, 140) * 50)

    assert sum(keep_usual(table)["0"]) == pytest.approx(200 + 20 * 200)


def test_a_segment_is_known_no_better_than_the_whole() -> None:
    """Segments that are all alike would add twenty times their average, which is more than there is."""
    table = CrossTable(("a", "b"), ("yes", "no", "never"), (60, 140, 0, 60, 140, 0))

    assert sum(keep_usual(table)["a"]) == pytest.approx(400)


def test_what_has_one_segment_or_one_label_is_kept_as_it_is() -> None:
    one_segment = CrossTable(("a",), ("yes", "no"), (60, 140))
    one_label = CrossTable(("a", "b"), ("yes",), (60, 140))

    assert keep_usual(one_segment) == one_segment.by_row()
    assert keep_usual(one_label) == one_label.by_row()


def test_the_ratio_is_the_value_as_a_multiple_of_chance() -> None:
    found = mix((500, 300, 200), (400, 350, 250))

    assert found.value > 4
    assert found.ratio == pytest.approx(found.value / 2)


@pytest.mark.parametrize("windows", [((0, 0), (50, 50)), ((50, 50), (0, 0)), ((50, 0), (60, 0))])
def test_windows_that_cannot_differ_have_nothing_to_test(windows: tuple[tuple[int, int], tuple[int, int]]) -> None:
    found = mix(*windows)

    assert (found.value, found.expected, found.variance, found.leading, found.effective, found.ratio) == (0,) * 6
    assert found.p_value() == 1
