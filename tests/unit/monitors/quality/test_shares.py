"""Each threshold of the rule from both sides, and the error that looks and labels share."""

from dataclasses import replace

import pytest

from monitors.quality import judging
from monitors.quality.correctness import Task
from monitors.quality.judging import Before, Finding, Look, Rule, Verdict, can_tell, judge, judge_look, judge_looks
from monitors.quality.measures import Errors, LabelQuality
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean, mean_rose, share_fell, variance_between

AS_BEFORE, WARNING, WORSE = Verdict.AS_BEFORE, Verdict.WARNING, Verdict.WORSE
FIXED = Rule(warning_alpha=0.5, worse_alpha=0.4)
"""A rule in which the size decides."""


def classified(rows: int, correct: int, *labels: LabelQuality) -> Quality:
    return Quality(Task.CLASSIFICATION, rows, correct, labels)


def measured(rows: int, mean: float) -> Quality:
    squares = rows * (mean**2 + 1)
    return Quality(Task.REGRESSION, rows, errors=Errors(rows, rows * mean, squares, squares, 0, 0))


def overall(found: list[Finding]) -> Verdict:
    return judging.pick_overall(found)


@pytest.mark.parametrize(
    ("correct", "verdict"),
    [(880_001, AS_BEFORE), (880_000, WARNING), (850_001, WARNING), (850_000, WORSE)],
)
def test_a_drop_of_the_accuracy_counts_from_its_size_on(correct: int, verdict: Verdict) -> None:
    assert overall(judge(classified(1_000_000, 900_000), classified(1_000_000, correct), Rule())) is verdict


@pytest.mark.parametrize(("mean", "verdict"), [(1.0999, AS_BEFORE), (1.1, WARNING), (1.2499, WARNING), (1.25, WORSE)])
def test_a_rise_of_the_error_counts_from_its_size_on(mean: float, verdict: Verdict) -> None:
    assert overall(judge(measured(1_000_000, 1.0), measured(1_000_000, mean), Rule())) is verdict


@pytest.mark.parametrize(
    ("correct", "verdict"), [(80_001, AS_BEFORE), (80_000, WARNING), (70_001, WARNING), (70_000, WORSE)]
)
def test_a_drop_of_a_recall_counts_from_its_size_on(correct: int, verdict: Verdict) -> None:
    before = classified(1_000_000, 900_000, LabelQuality("a", 100_000, 100_000, 90_000))
    now = classified(1_000_000, 900_000, LabelQuality("a", 100_000, 100_000, correct))

    assert judge(before, now, Rule())[1].verdict is verdict


@pytest.mark.parametrize("labels", [1, 4])
def test_the_recalls_of_all_labels_share_a_tenth_of_the_error(labels: int) -> None:
    before = [LabelQuality(f"{number}", 100, 100, 90) for number in range(labels)]
    now = [replace(each, correct=65) for each in before]
    p_value = share_fell(90, 100, 65, 100)
    least = p_value * labels / 0.1

    verdicts = [
        judge(classified(1000, 900, *before), classified(1000, 900, *now), Rule(warning_alpha=alpha, worse_alpha=0))[1]
        for alpha in (least * 0.999, least * 1.001)
    ]

    assert [each.verdict for each in verdicts] == [AS_BEFORE, WARNING]


@pytest.mark.parametrize("share", [1.0, 0.75, 0.2, 0.05])
def test_a_look_has_its_share_of_the_error(share: float) -> None:
    p_value = share_fell(900, 1000, 850, 1000)
    before, look = Before(classified(1000, 900)), Look("window", classified(1000, 850))

    def verdict(alpha: float) -> Verdict:
        return judge_look(before, look, Rule(warning_alpha=alpha, worse_alpha=alpha / 2), share)[0].verdict

    assert [verdict(p_value / share * each) for each in (0.999, 1.001, 1.999, 2.001)] == [
        AS_BEFORE,
        WARNING,
        WARNING,
        WORSE,
    ]


def test_the_shares_of_the_looks_are_the_whole_error() -> None:
    assert judging.WEIGHTS == {"day": 0.2, "newest": 0.05, "window": 0.75}
    assert sum(judging.WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("correct", "look"),
    [
        ({"window": 900, "day": 900, "newest": 900}, "window"),
        ({"window": 500, "day": 500, "newest": 500}, "day"),
        ({"window": 500, "day": 900, "newest": 500}, "newest"),
        ({"window": 500, "day": 900, "newest": 900}, "window"),
        ({"window": 850, "day": 500, "newest": 900}, "day"),
    ],
)
def test_the_look_that_says_most_speaks_and_the_shortest_of_equal_ones(correct: dict[str, int], look: str) -> None:
    looks = [Look(name, classified(1000, each)) for name, each in correct.items()]

    assert judge_looks(Before(classified(1000, 900)), looks, FIXED)[0].look == look


@pytest.mark.parametrize(
    ("days", "between", "expected"),
    [(0, 0.01, 0.0), (4, 0.0, 0.0001 / 4 + 0.0001 / 2), (4, 0.01, 0.01 / 4 + 0.01 / 2)],
)
def test_days_that_differ_widen_the_test(days: float, between: float, expected: float) -> None:
    before, look = Before(classified(1000, 900), days, between), Look("window", classified(1000, 850), 2)

    assert judge_look(before, look, Rule())[0].p_value == pytest.approx(share_fell(900, 1000, 850, 1000, expected))


def test_the_days_of_an_error_differ_by_a_share_of_it() -> None:
    before, look = Before(measured(1000, 4), 4), Look("window", measured(1000, 4.5), 2)
    sides = before.quality.mean(), look.quality.mean()

    assert judge_look(before, look, Rule())[0].p_value == pytest.approx(mean_rose(*sides, 0.12**2 * (1 / 4 + 1 / 2)))


@pytest.mark.parametrize(("rows", "tells"), [(441, False), (442, True)])
def test_a_reference_tells_what_is_worse_from_so_many_rows_on(rows: int, tells: bool) -> None:
    half = Quality(Task.MULTI_LABEL, rows, overlap=Mean(rows, rows * 0.8, rows * (0.64 + 0.1)))
    surely = -judging.NORMAL.inv_cdf(0.75 * 0.0006)

    assert can_tell(half, Rule()) is (surely * half.mean().squared_error ** 0.5 <= 0.05)
    assert can_tell(half, Rule()) is tells


@pytest.mark.parametrize(("days", "rows", "knows"), [(6, 20, False), (7, 19, False), (7, 20, True)])
def test_days_show_how_much_they_differ_from_seven_of_twenty_rows_on(days: int, rows: int, knows: bool) -> None:
    means = [Mean(rows, rows * (number % 2), rows * (number % 2)) for number in range(days)]

    assert (variance_between(means) > 0) is knows


def test_the_variance_between_days_is_what_is_beyond_chance() -> None:
    values = [0.2, 0.4, 0.6, 0.8, 0.3, 0.5, 0.7]
    means = [Mean(100, 100 * value, 100 * (value**2 + 0.05)) for value in values]
    spread = sum(100 * (value - 0.5) ** 2 for value in values)

    assert variance_between(means) == pytest.approx((spread - 6 * 100 * 7 * 0.05 / 693) / (700 - 100))


@pytest.mark.parametrize("between", [0.0, 0.0004])
def test_days_that_differ_make_a_fall_less_sure_as_they_would_a_normal_one(between: float) -> None:
    by_chance = 0.875 * 0.125 * (1 / 1000 + 1 / 1000)
    distance = -judging.NORMAL.inv_cdf(share_fell(900, 1000, 850, 1000))

    widened = share_fell(900, 1000, 850, 1000, between)

    assert widened == pytest.approx(judging.NORMAL.cdf(-distance * (by_chance / (by_chance + between)) ** 0.5))
