"""What is said of the quality, and what not."""

import pytest

from monitors.quality.correctness import Task
from monitors.quality.judging import Rule, Verdict, judge, pick_overall
from monitors.quality.measures import Errors, LabelQuality
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean

RULE = Rule()


def classified(rows: int, accuracy: float, *labels: LabelQuality) -> Quality:
    return Quality(Task.CLASSIFICATION, rows, round(rows * accuracy), labels)


def measured(rows: int, mean: float, spread: float = 1.0) -> Quality:
    squares = rows * (mean**2 + spread**2)
    return Quality(Task.REGRESSION, rows, errors=Errors(rows, rows * mean, squares, squares, 0, 0))


def tagged(rows: int, overlap: float) -> Quality:
    return Quality(Task.MULTI_LABEL, rows, overlap=Mean(rows, rows * overlap, rows * (overlap**2 + 0.04)))


@pytest.mark.parametrize(
    ("before", "now", "standing"),
    [
        (classified(2000, 0.90), classified(2000, 0.90), Verdict.AS_BEFORE),
        (classified(2000, 0.90), classified(2000, 0.98), Verdict.AS_BEFORE),
        (classified(2000, 0.90), classified(2000, 0.86), Verdict.WARNING),
        (classified(2000, 0.90), classified(2000, 0.80), Verdict.WORSE),
        (classified(10_000, 0.90), classified(100_000, 0.885), Verdict.AS_BEFORE),
        (classified(2000, 0.90), classified(200, 0.85), Verdict.AS_BEFORE),
        (measured(2000, 4), measured(2000, 4.02), Verdict.AS_BEFORE),
        (measured(2000, 4), measured(2000, 3), Verdict.AS_BEFORE),
        (measured(2000, 4), measured(2000, 4.5), Verdict.WARNING),
        (measured(2000, 4), measured(2000, 6), Verdict.WORSE),
        (measured(2000, 0, 0), measured(2000, 1), Verdict.WORSE),
        (measured(2000, 4, 50), measured(2000, 4.5, 50), Verdict.AS_BEFORE),
        (tagged(2000, 0.8), tagged(2000, 0.8), Verdict.AS_BEFORE),
        (tagged(2000, 0.8), tagged(2000, 0.77), Verdict.WARNING),
        (tagged(2000, 0.8), tagged(2000, 0.7), Verdict.WORSE),
    ],
)
def test_worse_is_what_is_both_sure_and_large(before: Quality, now: Quality, standing: Verdict) -> None:
    assert pick_overall(judge(before, now, RULE)) is standing


@pytest.mark.parametrize(("before", "now"), [(199, 2000), (2000, 199), (2000, 0)])
def test_too_few_rows_are_not_enough_data(before: int, now: int) -> None:
    assert pick_overall(judge(classified(before, 0.9), classified(now, 0.1), RULE)) is Verdict.NOT_ENOUGH_DATA


def test_a_rare_label_that_breaks_is_found_although_the_accuracy_hardly_shows_it() -> None:
    before = classified(10_000, 0.90, LabelQuality("rare", 100, 100, 90), LabelQuality("other", 9900, 9900, 8910))
    now = classified(10_000, 0.894, LabelQuality("rare", 100, 100, 30), LabelQuality("other", 9900, 9900, 8910))

    found = judge(before, now, RULE)

    assert [(each.verdict, each.explanation) for each in found if each.verdict.severity] == [
        (Verdict.WORSE, "recall of “rare” 90.0 % → 30.0 %")
    ]
    assert found[0].explanation == "accuracy 90.0 % → 89.4 %"


@pytest.mark.parametrize("support", [0, 49])
def test_a_label_that_hardly_occurs_is_not_judged(support: int) -> None:
    before = classified(10_000, 0.90, LabelQuality("rare", 100, 100, 90))
    now = classified(10_000, 0.90, LabelQuality("rare", support, 100, 0))

    assert [each.figure for each in judge(before, now, RULE)] == ["accuracy"]


def test_the_words_name_the_figures_before_and_now() -> None:
    assert judge(measured(2000, 1234.5), measured(2000, 0.01234), RULE)[0].explanation == (
        "mean absolute error 1,234 → 0.0123"
    )
    assert judge(tagged(2000, 0.8), tagged(2000, 0.7), RULE)[0].explanation == "overlap of the labels 80.0 % → 70.0 %"


def test_a_classifier_is_not_compared_with_a_regression() -> None:
    with pytest.raises(ValueError, match="regression cannot be compared with classification"):
        judge(classified(2000, 0.9), measured(2000, 4), RULE)


@pytest.mark.parametrize("quality", [classified(9, 0.9, LabelQuality("a", 9, 9, 8)), measured(9, 4), tagged(9, 0.8)])
def test_what_is_stored_of_a_reference_is_what_is_read_back(quality: Quality) -> None:
    assert Quality.from_json(quality.to_json()) == quality


def test_severities_are_as_the_alarm_reads_them() -> None:
    assert [each.severity for each in Verdict] == [0, 0, 1, 2]
