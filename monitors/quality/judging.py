"""The judgement: is the quality as it was, or worse?

Something counts as worse when it is both surely there (the p-value) and large enough to matter (the size). A collapse
shows in the newest rows first, and a small lasting fall only in many. So several looks share one error: together the
hourly looks of an undegraded week raise a false warning in about 1 % of the weeks or fewer
(benchmarks/quality/RESULTS.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitors.quality.correctness import Task
from monitors.quality.quality import Quality
from monitors.quality.testing import NORMAL, Mean, mean_rose, share_fell
from monitors.reporting.ladder import Ladder
from monitors.reporting.wording import format_number, format_percent, quote

ROUNDING = 1e-9
WINDOW, DAY, NEWEST = "window", "day", "newest"
WEIGHTS = {DAY: 0.2, NEWEST: 0.05, WINDOW: 0.75}
"""Name of a look → its share of the error that a run is allowed; of looks that say the same, the first one speaks."""


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
    """Fewer rows than this are not enough data, in the reference and in a look."""
    warning_alpha: float = 0.0006
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
    daily_points: float = 0.01
    """Days are taken to differ by at least this standard deviation of a share."""
    daily_rise: float = 0.03
    """The same for a mean error, as a share of it."""


@dataclass(frozen=True)
class Look:
    """The rows of a period that ends with the window. `days` is its length, at least 1; 0 where days do not matter."""

    name: str
    quality: Quality
    days: float = 0.0


@dataclass(frozen=True)
class Before:
    """What the looks are compared with: a quality, the days that it covers, and by how much its days differ."""

    quality: Quality
    days: float = 0.0
    between: float = 0.0
    """Variance of the days' means beyond chance, as it was measured."""


@dataclass(frozen=True)
class Finding:
    """One figure of one look against what it was."""

    figure: str
    verdict: Verdict
    explanation: str
    before: float
    now: float
    p_value: float
    look: str = WINDOW


def judge(reference: Quality, current: Quality, rule: Rule) -> list[Finding]:
    """Compare the rows of a single look with the reference; nothing where one of them has too few rows."""
    return judge_look(Before(reference), Look(WINDOW, current), rule)


def judge_looks(before: Before, looks: Sequence[Look], rule: Rule) -> list[Finding]:
    """Return the findings of the look that says most; all looks share one error."""
    order = list(WEIGHTS)
    judged = [judge_look(before, look, rule, WEIGHTS[look.name]) for look in looks]
    judged = [findings for findings in judged if findings]
    worst = max((pick_overall(findings).rank for findings in judged), default=0)
    speaking = [findings for findings in judged if pick_overall(findings).rank == worst]
    if worst <= Verdict.AS_BEFORE.rank:
        order.reverse()
    return min(speaking, key=lambda findings: order.index(findings[0].look), default=[])


def judge_look(before: Before, look: Look, rule: Rule, share: float = 1.0) -> list[Finding]:
    """Compare one look with the reference, with a share of the error that is allowed."""
    reference, current = before.quality, look.quality
    if reference.task is not current.task:
        raise ValueError(f"{current.task} cannot be compared with {reference.task}")
    if min(reference.rows, current.rows) < rule.minimum:
        return []
    judged = _Judged(before, look, rule, share)
    if current.task is Task.REGRESSION:
        return [judged.errors()]
    if current.task is Task.MULTI_LABEL:
        return [judged.overlap(), *judged.recalls()]
    return [judged.accuracy(), *judged.recalls()]


def can_tell(reference: Quality, rule: Rule) -> bool:
    """Tell whether the reference has rows enough to show a change that counts as `worse`, however many follow."""
    surely = -NORMAL.inv_cdf(WEIGHTS[WINDOW] * rule.warning_alpha)
    if reference.task is Task.REGRESSION:
        mean = reference.mean()
        return surely * math.sqrt(mean.squared_error) <= rule.worse_rise * mean.value + ROUNDING
    return surely * math.sqrt(reference.mean().squared_error) <= rule.worse_drop + ROUNDING


def pick_overall(findings: Iterable[Finding]) -> Verdict:
    """Return the worst of them, `not enough data` of none."""
    return max((each.verdict for each in findings), key=lambda verdict: verdict.rank, default=Verdict.NOT_ENOUGH_DATA)


@dataclass(frozen=True)
class _Judged:
    before: Before
    look: Look
    rule: Rule
    share: float

    def accuracy(self) -> Finding:
        reference, current = self.before.quality, self.look.quality
        before, now = reference.correct / reference.rows, current.correct / current.rows
        between = self._measure_between(self.rule.daily_points)
        p_value = share_fell(reference.correct, reference.rows, current.correct, current.rows, between)
        return self._make_finding("accuracy", "accuracy", (before, now), p_value)

    def overlap(self) -> Finding:
        before, now = self.before.quality.mean(), self.look.quality.mean()
        p_value = mean_rose(_invert(before), _invert(now), self._measure_between(self.rule.daily_points))
        return self._make_finding("overlap", "overlap of the labels", (before.value, now.value), p_value)

    def errors(self) -> Finding:
        rule, sides = self.rule, (self.before.quality.mean(), self.look.quality.mean())
        before, now = (each.value for each in sides)
        p_value = mean_rose(*sides, self._measure_between(rule.daily_rise * before))
        rise = (now - before) / before if before else float(now > 0)
        verdict = self._decide(p_value, rise, 1, (rule.warning_rise, rule.worse_rise))
        words = f"mean absolute error {format_number(before)} → {format_number(now)}"
        return Finding("mean_absolute_error", verdict, words, before, now, p_value, self.look.name)

    def recalls(self) -> Iterator[Finding]:
        """Compare each label's recall: a label that breaks hardly shows in the accuracy when it is rare."""
        least, rule = self.rule.label_minimum, self.rule
        known = {each.label: each for each in self.before.quality.labels if each.support >= least}
        pairs = [
            (known[each.label], each)
            for each in self.look.quality.labels
            if each.label in known and each.support >= least
        ]
        between = self._measure_between(rule.daily_points)
        for was, each in pairs:
            p_value = share_fell(was.correct, was.support, each.correct, each.support, between)
            drops = (rule.label_warning_drop, rule.label_worse_drop)
            verdict = self._decide(p_value, was.recall - each.recall, rule.labels_alpha / len(pairs), drops)
            words = f"recall of {quote(each.label)} {_arrow(was.recall, each.recall)}"
            yield Finding(f"recall of {each.label}", verdict, words, was.recall, each.recall, p_value, self.look.name)

    def _make_finding(self, figure: str, called: str, shares: tuple[float, float], p_value: float) -> Finding:
        before, now = shares
        verdict = self._decide(p_value, before - now, 1, (self.rule.warning_drop, self.rule.worse_drop))
        return Finding(figure, verdict, f"{called} {_arrow(before, now)}", before, now, p_value, self.look.name)

    def _measure_between(self, least: float) -> float:
        """Return the variance that days which differ add to the difference of the two sides."""
        if not self.look.days or not self.before.days:
            return 0.0
        return max(least**2, self.before.between) * (1 / self.before.days + 1 / self.look.days)

    def _decide(self, p_value: float, size: float, part: float, sizes: tuple[float, float]) -> Verdict:
        warning, worse = sizes
        allowed = self.share * part
        if p_value <= allowed * self.rule.worse_alpha and size >= worse - ROUNDING:
            return Verdict.WORSE
        if p_value <= allowed * self.rule.warning_alpha and size >= warning - ROUNDING:
            return Verdict.WARNING
        return Verdict.AS_BEFORE


def _arrow(before: float, now: float) -> str:
    return f"{format_percent(before, always_decimal=True)} → {format_percent(now, always_decimal=True)}"


def _invert(overlap: Mean) -> Mean:
    """Return the mean of 1 - overlap, so that worse is more."""
    return Mean(overlap.rows, overlap.rows - overlap.sum, overlap.rows - 2 * overlap.sum + overlap.squares)
