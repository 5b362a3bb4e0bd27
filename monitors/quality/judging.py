"""The judgement: is the quality as it was, or worse?

Something counts as worse when it is both surely there (the p-value) and large enough to matter (the size). The
thresholds are chosen so that the hourly looks of an undegraded week together raise a false warning in about 1 % of
the weeks or fewer; benchmarks/quality/RESULTS.md shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitors.quality.correctness import Task
from monitors.quality.measures import LabelQuality
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean, mean_rose, share_fell
from monitors.reporting.ladder import Ladder
from monitors.reporting.wording import format_number, format_percent, quote

ROUNDING = 1e-9


class Verdict(Ladder):
    """How the quality stands to its reference, in the order of what a person should look at first, the last most."""

    NOT_ENOUGH_DATA = "not enough data"
    AS_BEFORE = "as before"
    WARNING = "warning"
    WORSE = "worse"


@dataclass(frozen=True)
class Rule:
    """When a change counts. Drops are in shares of the rows, rises in shares of the mean error before."""

    minimum: int = 200
    """Fewer rows than this are not enough data, in the reference and in the window."""
    warning_alpha: float = 0.001
    worse_alpha: float = 0.0001
    warning_drop: float = 0.02
    worse_drop: float = 0.05
    warning_rise: float = 0.10
    worse_rise: float = 0.25
    label_minimum: int = 50
    """Rows with a label that its recall is judged from."""
    labels_alpha: float = 0.1
    """The share of the allowed error that goes to the recalls of all labels together."""
    label_warning_drop: float = 0.10
    label_worse_drop: float = 0.20


@dataclass(frozen=True)
class Finding:
    """One figure against what it was."""

    figure: str
    verdict: Verdict
    explanation: str
    before: float
    now: float
    p_value: float


def judge(reference: Quality, current: Quality, rule: Rule) -> list[Finding]:
    """Compare the current rows with the reference; nothing where one of them has too few rows.

    Raises:
        ValueError: the two are of different tasks.
    """
    if reference.task is not current.task:
        raise ValueError(f"{current.task} cannot be compared with {reference.task}")
    if min(reference.rows, current.rows) < rule.minimum:
        return []
    if current.task is Task.REGRESSION:
        return [_judge_errors(reference, current, rule)]
    if current.task is Task.MULTI_LABEL:
        return [_judge_overlap(reference, current, rule), *_judge_recalls(reference.labels, current.labels, rule)]
    return [_judge_accuracy(reference, current, rule), *_judge_recalls(reference.labels, current.labels, rule)]


def pick_overall(findings: Iterable[Finding]) -> Verdict:
    """Return the worst of them, `not enough data` of none."""
    return max((each.verdict for each in findings), key=lambda verdict: verdict.rank, default=Verdict.NOT_ENOUGH_DATA)


def _judge_accuracy(reference: Quality, current: Quality, rule: Rule) -> Finding:
    before, now = reference.correct / reference.rows, current.correct / current.rows
    p_value = share_fell(reference.correct, reference.rows, current.correct, current.rows)
    verdict = _decide(p_value, before - now, 1, (rule.warning_drop, rule.worse_drop), rule)
    return Finding(
        "accuracy",
        verdict,
        f"accuracy {_arrow(before, now)}",
        before,
        now,
        p_value,
    )


def _judge_overlap(reference: Quality, current: Quality, rule: Rule) -> Finding:
    assert reference.overlap
    assert current.overlap
    before, now = reference.overlap.value, current.overlap.value
    p_value = mean_rose(_invert(reference.overlap), _invert(current.overlap))
    verdict = _decide(p_value, before - now, 1, (rule.warning_drop, rule.worse_drop), rule)
    words = f"overlap of the labels {_arrow(before, now)}"
    return Finding("overlap", verdict, words, before, now, p_value)


def _judge_errors(reference: Quality, current: Quality, rule: Rule) -> Finding:
    assert reference.errors
    assert current.errors
    sides = [Mean(each.rows, each.absolute_sum, each.absolute_squares) for each in (reference.errors, current.errors)]
    before, now = (each.value for each in sides)
    p_value = mean_rose(*sides)
    rise = (now - before) / before if before else float(now > 0)
    verdict = _decide(p_value, rise, 1, (rule.warning_rise, rule.worse_rise), rule)
    words = f"mean absolute error {format_number(before)} → {format_number(now)}"
    return Finding("mean_absolute_error", verdict, words, before, now, p_value)


def _judge_recalls(before: Iterable[LabelQuality], now: Iterable[LabelQuality], rule: Rule) -> Iterator[Finding]:
    """Compare each label's recall: a label that breaks hardly shows in the accuracy when it is rare."""
    known = {each.label: each for each in before if each.support >= rule.label_minimum}
    pairs = [(known[each.label], each) for each in now if each.label in known and each.support >= rule.label_minimum]
    for was, each in pairs:
        p_value = share_fell(was.correct, was.support, each.correct, each.support)
        drops = (rule.label_warning_drop, rule.label_worse_drop)
        verdict = _decide(p_value, was.recall - each.recall, rule.labels_alpha / len(pairs), drops, rule)
        words = f"recall of {quote(each.label)} {_arrow(was.recall, each.recall)}"
        yield Finding(f"recall of {each.label}", verdict, words, was.recall, each.recall, p_value)


def _decide(p_value: float, size: float, share: float, sizes: tuple[float, float], rule: Rule) -> Verdict:
    warning, worse = sizes
    if p_value <= share * rule.worse_alpha and size >= worse - ROUNDING:
        return Verdict.WORSE
    if p_value <= share * rule.warning_alpha and size >= warning - ROUNDING:
        return Verdict.WARNING
    return Verdict.AS_BEFORE


def _invert(overlap: Mean) -> Mean:
    """Return the mean of 1 - overlap, so that worse is more."""
    return Mean(overlap.rows, overlap.rows - overlap.sum, overlap.rows - 2 * overlap.sum + overlap.squares)


def _arrow(before: float, now: float) -> str:
    return f"{format_percent(before, always_decimal=True)} → {format_percent(now, always_decimal=True)}"
