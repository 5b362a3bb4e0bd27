"""The number of predictions against the windows just before."""

import pytest

from drift_lambda.verdict import Verdict
from drift_lambda.volume import judge_volume

DAY = [200, 400, 800, 400] * 6


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (200, Verdict.STABLE),
        (101, Verdict.STABLE),
        (100, Verdict.WARNING),
        (50, Verdict.DRIFT),
        (0, Verdict.DRIFT),
        (1599, Verdict.STABLE),
        (1600, Verdict.WARNING),
        (3200, Verdict.DRIFT),
    ],
)
def test_what_leaves_the_range_of_the_days_before_by_a_factor_counts(now: int, verdict: Verdict) -> None:
    assert judge_volume(DAY, now).verdict is verdict


def test_a_day_of_history_is_needed() -> None:
    finding = judge_volume(DAY[:23], 0)

    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.words == "23 of the 24 earlier windows needed"


def test_a_service_that_is_idle_at_times_may_be_idle() -> None:
    assert judge_volume([*DAY, 0], 0).verdict is Verdict.STABLE


def test_small_counts_differ_by_chance() -> None:
    assert judge_volume([1, 2, 3, 1] * 6, 12).verdict is Verdict.STABLE


def test_silence_after_steady_traffic_is_drift_even_when_there_was_little() -> None:
    finding = judge_volume([25] * 24, 0)

    assert finding.verdict is Verdict.DRIFT
    assert finding.words == "0 predictions, 25 to 25 in the last 24 windows"


def test_one_prediction_is_one() -> None:
    assert judge_volume([25] * 24, 1).words.startswith("1 prediction, 25 to 25")
