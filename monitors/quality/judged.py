"""One run: each group's predictions that have a truth, how good they were, and how that stands to the reference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.quality.breakdown import Age, Segment, count_days, count_segments, measure_age
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import TooManyLabelsError, count_predictions, count_tasks, measure, of_group
from monitors.quality.judging import Finding, Rule, Verdict, judge, pick_overall
from monitors.quality.quality import Quality
from monitors.quality.reference import Reference, find_reference, freeze_first
from monitors.reporting.isolation import attempt
from monitors.reporting.periods import Group, Period, format_iso
from monitors.reporting.wording import format_percent

FAIR_SHARE = 0.95
"""Where fewer predictions than this have a truth, the words say that those may not be a fair sample."""


@dataclass(frozen=True)
class Day:
    """The predictions of one UTC day."""

    start: datetime
    predictions: int
    actuals: int
    accuracy: float | None
    mean_absolute_error: float | None


@dataclass(frozen=True)
class Run:
    """What is said of one group's predictions at one moment. Without a truth it has no task."""

    group: Group
    period: Period
    predictions: int
    verdict: Verdict
    explanation: str
    task: Task | None = None
    quality: Quality | None = None
    findings: tuple[Finding, ...] = ()
    reference: Reference | None = None
    segments: tuple[Segment, ...] = ()
    days: tuple[Day, ...] = ()
    age: Age | None = None
    problem: str = ""
    """Why it could not be judged, where something is broken."""

    @property
    def actuals(self) -> int:
        """How many of the predictions have a truth."""
        return self.quality.rows if self.quality else 0

    @property
    def coverage(self) -> float | None:
        """Return the share of predictions that have a truth; None without predictions."""
        return min(1.0, self.actuals / self.predictions) if self.predictions else None

    @property
    def key(self) -> str:
        """The same for the same group at any time."""
        return _hash([self.group.log_group, self.group.model_version, self.task])

    @property
    def identity(self) -> str:
        """The same for the same group and window, so that a repeated run writes the same documents."""
        return _hash([self.key, format_iso(self.period.start), format_iso(self.period.end)])


def make_rule(config: Config) -> Rule:
    """Return the rule with the deployment's thresholds."""
    return Rule(minimum=config.minimum, warning_drop=config.warning_drop, worse_drop=config.worse_drop)


def choose_window(now: datetime, config: Config) -> Period:
    """Return the period whose predictions are judged at a moment."""
    end = now - timedelta(days=config.delay_days)
    return Period(end - timedelta(days=config.window_days), end)


def judge_all(search: OpenSearch, period: Period, config: Config) -> list[Run]:
    """Return a run for every group that made predictions in the period, or whose predictions there have a truth.

    A group that cannot be judged gets a run with the problem, and stops no other. Raises where OpenSearch cannot be
    reached, or cannot tell which groups there are.
    """
    whole = widen_to_days(period)
    made, told = count_predictions(search, whole), count_tasks(search, period)
    before = count_predictions(search, Period(whole.start, period.start)) if whole.start < period.start else {}
    counted = {group: sum(by_day.values()) - sum(before.get(group, {}).values()) for group, by_day in made.items()}
    totals = {group: total for group, total in counted.items() if total}
    runs = []
    for group, task in told:
        total = totals.get(group, 0)
        run, problem = attempt(_judge, search, group, task, period, total, made.get(group, {}), config)
        runs.append(run or _make_broken(group, task, period, total, problem))
    silent = totals.keys() - {group for group, _ in told}
    runs += [_make_without_actuals(group, period, totals[group], made[group]) for group in silent]
    return sorted(runs, key=lambda run: (str(run.group), run.task or ""))


def widen_to_days(period: Period) -> Period:
    """Return the period from the beginning of its first UTC day, since a day's new document replaces the old one."""
    first = period.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(first, period.end)


def _make_without_actuals(group: Group, period: Period, total: int, made: Mapping[datetime, int]) -> Run:
    words = f"none of {total:,} predictions has a truth"
    by_day = tuple(Day(start, number, 0, None, None) for start, number in sorted(made.items()))
    return Run(group, period, total, Verdict.NOT_ENOUGH_DATA, words, days=by_day)


def _make_broken(group: Group, task: Task, period: Period, total: int, problem: str) -> Run:
    words = f"could not be judged: {problem}"
    return Run(group, period, total, Verdict.NOT_ENOUGH_DATA, words, task, problem=problem)


# Long: the steps of one group, in the order in which they are told.
def _judge(
    search: OpenSearch,
    group: Group,
    task: Task,
    period: Period,
    total: int,
    made: Mapping[datetime, int],
    config: Config,
) -> Run:
    query = of_group(group.log_group, group.model_version, task, period)
    try:
        quality = measure(search, query, task)
        reference, found = find_reference(search, group.log_group, task), 0
        if reference is None:
            reference, found = freeze_first(search, group.log_group, task, config)
    except TooManyLabelsError as error:
        return Run(group, period, total, Verdict.NOT_ENOUGH_DATA, f"not judged: {error}", task)
    findings: list[Finding] = []
    judged = quality
    if reference:
        # The reference is no evidence for itself.
        after = Period(max(period.start, min(reference.period.end, period.end)), period.end)
        if after != period:
            judged = measure(search, of_group(group.log_group, group.model_version, task, after), task)
        findings = judge(reference.quality, judged, make_rule(config))
        words = _explain(reference, findings, judged.rows, config)
    else:
        words = f"no reference yet: {found:,} of the {config.reference_size:,} truths that it takes"
    return Run(
        group=group,
        period=period,
        predictions=total,
        verdict=pick_overall(findings),
        explanation=f"{words}; {_explain_coverage(quality.rows, total)}",
        task=task,
        quality=quality,
        findings=tuple(findings),
        reference=reference,
        segments=tuple(each for field in config.segments for each in count_segments(search, query, field)),
        days=_make_days(
            made, count_days(search, of_group(group.log_group, group.model_version, task, widen_to_days(period)))
        ),
        age=measure_age(search, query),
    )


def _make_days(made: Mapping[datetime, int], told: Mapping[datetime, Segment]) -> tuple[Day, ...]:
    nothing = Segment("day", "", 0, None, None)
    # A day whose predictions were deleted is left out, so that what was said of it before stays.
    pairs = ((start, told.get(start, nothing)) for start in sorted(made))
    return tuple(Day(start, made[start], each.rows, each.accuracy, each.mean_absolute_error) for start, each in pairs)


def _explain(reference: Reference, findings: list[Finding], rows: int, config: Config) -> str:
    if not findings:
        return f"{rows:,} of the {config.minimum:,} truths needed after the reference “{reference.name}”"
    worst = pick_overall(findings)
    said = [each for each in findings if each.verdict is worst] if worst.severity else findings[:1]
    return "; ".join(each.explanation for each in said)


def _explain_coverage(truths: int, predictions: int) -> str:
    if not predictions:
        return f"{truths:,} truths, and their predictions are no longer kept"
    share = min(1.0, truths / predictions)
    fair = "" if share >= FAIR_SHARE else ", rarely a fair sample"
    return f"{format_percent(share, always_decimal=True)} of {predictions:,} predictions have a truth{fair}"


def _hash(key: list[Any]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
