"""One run: each group's predictions that have a truth, how good they were, and how that stands to the reference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.quality.breakdown import Age, Segment, age, days, segments
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import TooManyLabelsError, measure, of_group, predictions, tasks
from monitors.quality.judging import Comparison, Rule, Standing, judge, overall
from monitors.quality.quality import Quality
from monitors.quality.reference import Reference, find_reference, freeze_first
from monitors.quality.wording import percent
from monitors.reporting.isolation import attempt
from monitors.reporting.periods import Group, Period, iso

FAIR_SHARE = 0.95
"""Where fewer predictions than this have a truth, the words say that those may not be a fair sample."""


@dataclass(frozen=True)
class Day:
    """The predictions of one UTC day."""

    start: datetime
    predictions: int
    truths: int
    accuracy: float | None
    mean_absolute_error: float | None


@dataclass(frozen=True)
class QualityRun:
    """What is said of one group's predictions at one moment. Without a truth it has no task."""

    group: Group
    period: Period
    predictions: int
    standing: Standing
    words: str
    task: Task | None = None
    quality: Quality | None = None
    comparisons: tuple[Comparison, ...] = ()
    reference: Reference | None = None
    segments: tuple[Segment, ...] = ()
    days: tuple[Day, ...] = ()
    age: Age | None = None
    problem: str = ""
    """Why it could not be judged, where something is broken."""

    @property
    def truths(self) -> int:
        """How many of the predictions have a truth."""
        return self.quality.rows if self.quality else 0

    @property
    def coverage(self) -> float | None:
        """Return the share of predictions that have a truth; None without predictions."""
        return min(1.0, self.truths / self.predictions) if self.predictions else None

    @property
    def key(self) -> str:
        """The same for the same group at any time."""
        return _hash([self.group.log_group, self.group.model_version, self.task])

    @property
    def identity(self) -> str:
        """The same for the same group and window, so that a repeated run writes the same documents."""
        return _hash([self.key, iso(self.period.start), iso(self.period.end)])


def rule(config: Config) -> Rule:
    """Return the rule with the deployment's thresholds."""
    return Rule(minimum=config.minimum, warning_drop=config.warning_drop, worse_drop=config.worse_drop)


def window(now: datetime, config: Config) -> Period:
    """Return the period whose predictions are judged at a moment."""
    end = now - timedelta(days=config.delay_days)
    return Period(end - timedelta(days=config.window_days), end)


def judge_all(search: OpenSearch, period: Period, config: Config) -> list[QualityRun]:
    """Return a run for every group that made predictions in the period, or whose predictions there have a truth.

    A group that cannot be judged gets a run with the problem, and stops no other. Raises where OpenSearch cannot be
    reached, or cannot tell which groups there are.
    """
    whole = whole_days(period)
    made, told = predictions(search, whole), tasks(search, period)
    before = predictions(search, Period(whole.start, period.start)) if whole.start < period.start else {}
    counted = {group: sum(by_day.values()) - sum(before.get(group, {}).values()) for group, by_day in made.items()}
    totals = {group: total for group, total in counted.items() if total}
    runs = []
    for group, task in told:
        total = totals.get(group, 0)
        run, problem = attempt(_judge, search, group, task, period, total, made.get(group, {}), config)
        runs.append(run or _broken(group, task, period, total, problem))
    silent = totals.keys() - {group for group, _ in told}
    runs += [_without_truth(group, period, totals[group], made[group]) for group in silent]
    return sorted(runs, key=lambda run: (str(run.group), run.task or ""))


def whole_days(period: Period) -> Period:
    """Return the period from the beginning of its first UTC day, since a day's new document replaces the old one."""
    first = period.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(first, period.end)


def _without_truth(group: Group, period: Period, total: int, made: Mapping[datetime, int]) -> QualityRun:
    words = f"none of {total:,} predictions has a truth"
    by_day = tuple(Day(start, number, 0, None, None) for start, number in sorted(made.items()))
    return QualityRun(group, period, total, Standing.NOT_ENOUGH_DATA, words, days=by_day)


def _broken(group: Group, task: Task, period: Period, total: int, problem: str) -> QualityRun:
    words = f"could not be judged: {problem}"
    return QualityRun(group, period, total, Standing.NOT_ENOUGH_DATA, words, task, problem=problem)


# Long: the steps of one group, in the order in which they are told.
def _judge(
    search: OpenSearch,
    group: Group,
    task: Task,
    period: Period,
    total: int,
    made: Mapping[datetime, int],
    config: Config,
) -> QualityRun:
    query = of_group(group.log_group, group.model_version, task, period)
    try:
        quality = measure(search, query, task)
        reference, found = find_reference(search, group.log_group, task), 0
        if reference is None:
            reference, found = freeze_first(search, group.log_group, task, config)
    except TooManyLabelsError as error:
        return QualityRun(group, period, total, Standing.NOT_ENOUGH_DATA, f"not judged: {error}", task)
    comparisons: list[Comparison] = []
    judged = quality
    if reference:
        # The reference is no evidence for itself.
        after = Period(max(period.start, min(reference.period.end, period.end)), period.end)
        if after != period:
            judged = measure(search, of_group(group.log_group, group.model_version, task, after), task)
        comparisons = judge(reference.quality, judged, rule(config))
        words = _against(reference, comparisons, judged.rows, config)
    else:
        words = f"no reference yet: {found:,} of the {config.reference_size:,} truths that it takes"
    return QualityRun(
        group=group,
        period=period,
        predictions=total,
        standing=overall(comparisons),
        words=f"{words}; {_covered(quality.rows, total)}",
        task=task,
        quality=quality,
        comparisons=tuple(comparisons),
        reference=reference,
        segments=tuple(each for field in config.segments for each in segments(search, query, field)),
        days=_days(made, days(search, of_group(group.log_group, group.model_version, task, whole_days(period)))),
        age=age(search, query),
    )


def _days(made: Mapping[datetime, int], told: Mapping[datetime, Segment]) -> tuple[Day, ...]:
    nothing = Segment("day", "", 0, None, None)
    # A day whose predictions were deleted is left out, so that what was said of it before stays.
    pairs = ((start, told.get(start, nothing)) for start in sorted(made))
    return tuple(Day(start, made[start], each.rows, each.accuracy, each.mean_absolute_error) for start, each in pairs)


def _against(reference: Reference, comparisons: list[Comparison], rows: int, config: Config) -> str:
    if not comparisons:
        return f"{rows:,} of the {config.minimum:,} truths needed after the reference “{reference.name}”"
    worst = overall(comparisons)
    said = [each for each in comparisons if each.standing is worst] if worst.severity else comparisons[:1]
    return "; ".join(each.words for each in said)


def _covered(truths: int, predictions: int) -> str:
    if not predictions:
        return f"{truths:,} truths, and their predictions are no longer kept"
    share = min(1.0, truths / predictions)
    fair = "" if share >= FAIR_SHARE else ", rarely a fair sample"
    return f"{percent(share)} of {predictions:,} predictions have a truth{fair}"


def _hash(key: list[Any]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
