"""What a reference knows of its hours: windows are compared with hours of their own kind."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.judgement.judging import Look, judge_looks
from monitors.drift.judgement.verdict import Rule, Verdict
from monitors.drift.references.freezing import keep_undrifted
from monitors.drift.statistics.distribution import Distribution
from monitors.drift.statistics.mix_tests import mix
from monitors.drift.statistics.seasons import Season, kind_of_hour, mix_hours
from monitors.drift.statistics.significance import Dispersion
from monitors.reporting.periods import Period

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
FROZEN = {"label": Distribution(("a", "b"), (0, 0))}


def hours_of(days: int, noise: float, per_hour: int = 2000) -> dict[datetime, dict[str, tuple[int, int]]]:
    """Hours with 20 % of label b by night and 40 % by day, which vary by themselves."""
    generator = random.Random(days)
    hours = {}
    for number in range(24 * days):
        hour = MONDAY + number * HOUR
        share = (0.4 if 8 <= hour.hour < 20 else 0.2) + generator.gauss(0, noise)
        of_b = sum(generator.random() < share for _ in range(per_hour))
        hours[hour] = {"label": (per_hour - of_b, of_b)}
    return hours


@pytest.fixture(scope="module")
def steady() -> Season:
    return measure_season(hours_of(14, noise=0), FROZEN)


def test_hours_whose_labels_cannot_be_counted_are_known_by_their_other_signals() -> None:
    hours = {hour: {"failed": (sum(counts["label"]), 0)} for hour, counts in hours_of(3, noise=0, per_hour=50).items()}

    season = measure_season(hours, {"failed": Distribution(("answered", "failed"), (0, 0))})

    assert season.counts[kind_of_hour(MONDAY)] == {"failed": (150, 0)}


def test_the_kind_of_an_hour_is_its_hour_and_whether_it_is_weekend() -> None:
    assert [kind_of_hour(MONDAY + timedelta(days=day, hours=5)) for day in (0, 4, 5, 6, 7)] == [5, 5, 29, 29, 5]


def test_a_window_is_compared_with_hours_of_its_kind_as_often_as_it_has_them() -> None:
    by_kind = {3: (800, 200), 12: (600, 400)}

    assert mix_hours(by_kind, {3: 50}, (1400, 600)) == pytest.approx([800, 200])
    before = mix_hours(by_kind, {3: 10, 12: 30}, (1400, 600))
    assert before[0] / sum(before) == pytest.approx(0.65)
    assert sum(before) == pytest.approx(1600)


def test_an_hour_that_the_reference_lacks_is_stood_for_by_the_same_hour_of_other_days_then_by_all() -> None:
    by_kind = {3: (800, 200)}

    assert mix_hours(by_kind, {27: 50}, (1400, 600)) == pytest.approx([800, 200])
    assert mix_hours(by_kind, {5: 50}, (1400, 600)) == pytest.approx([1400, 600])


def test_a_season_knows_the_hours_that_it_saw_on_two_days(steady: Season) -> None:
    three_days = measure_season(hours_of(3, noise=0, per_hour=50), FROZEN)

    assert steady.knows({3: 10, 27: 10})
    assert three_days.knows({3: 10}) and not three_days.knows({27: 10})
    assert measure_season(hours_of(1, noise=0, per_hour=50), FROZEN) == Season()


def test_hours_that_vary_by_chance_alone_have_no_dispersion_to_speak_of(steady: Season) -> None:
    measured = steady.dispersion(1)["label"]["chi_squared"]

    assert measured.excess * 2000 < 0.3


def test_what_hours_vary_by_themselves_is_measured() -> None:
    """Three points of noise are 0.03² / 0.2 of the variance of one prediction; the other days have it too."""
    season = measure_season(hours_of(14, noise=0.03), FROZEN)

    assert season.dispersion(1)["label"]["chi_squared"].excess == pytest.approx(0.0052, rel=0.25)
    assert season.dispersion(8) == season.dispersion(6)


def test_a_change_that_hours_show_by_themselves_is_no_warning_and_a_larger_one_is() -> None:
    season = measure_season(hours_of(14, noise=0.03), FROZEN)
    before = {
        "label": Distribution(
            ("a", "b"), tuple(mix_hours({k: c["label"] for k, c in season.counts.items()}, {12: 1}, (0, 0)))
        )
    }

    def verdict(of_b: int, dispersions: dict) -> Verdict:
        now = {"label": Distribution(("a", "b"), (2000 - of_b, of_b))}
        (finding, *_) = judge_looks([Look(before, now, dispersions=dispersions)], Rule())
        return finding.verdict

    assert verdict(900, {}) is Verdict.WARNING
    assert verdict(900, dict(season.dispersion(1))) is Verdict.STABLE
    assert verdict(1100, dict(season.dispersion(1))) is Verdict.DRIFT


def test_dispersion_only_ever_makes_a_change_less_sure() -> None:
    statistic = mix([1400, 600], [650, 350])
    p_values = [statistic.p_value(Dispersion(excess, 300)) for excess in (0, 1e-5, 1e-4, 1e-3, 1e-2)]

    assert p_values == sorted(p_values)
    assert statistic.p_value(Dispersion(1e-3, 5)) > statistic.p_value(Dispersion(1e-3, 300))


def test_a_season_survives_storage(steady: Season) -> None:
    assert Season.from_json(steady.to_json()) == steady


def test_drifted_hours_do_not_become_normal_unless_there_are_no_others_of_their_kind() -> None:
    two_days = [MONDAY + number * HOUR for number in range(48)]
    second_day = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    both_nights = [Period(MONDAY + timedelta(days=day), MONDAY + timedelta(days=day, hours=6)) for day in (0, 1)]

    assert keep_undrifted(two_days, [second_day]) == set(two_days[:24])
    assert keep_undrifted(two_days, both_nights) == set(two_days)


def test_the_longer_looks_share_a_small_part_of_the_error_and_get_it_all_where_the_hour_is_too_small() -> None:
    before, now = {"label": Distribution(("a", "b"), (14_000, 6000))}, {"label": Distribution(("a", "b"), (750, 450))}
    quiet = {"label": Distribution(("a", "b"), (40, 20))}
    usual = {"label": Distribution(("a", "b"), (1400, 600))}

    def verdict(hour: dict) -> tuple[str, Verdict]:
        looks = [Look(before, hour, "window", 0.9), Look(before, now, "6 hours", 0.04)]
        return next((f.look, f.verdict) for f in judge_looks(looks, Rule()) if f.signal == "label")

    assert verdict(usual) == ("6 hours", Verdict.WARNING)
    assert verdict(quiet) == ("6 hours", Verdict.WARNING)
