"""The looks of a run: the window itself, and longer ones that see small lasting changes and quiet models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.judgement.judging import LONGER, WINDOW, WINDOW_WEIGHT, Look, judge_looks
from monitors.drift.judgement.signals import FAILED, LABEL, NEW_LABEL, SCORE_BY_LABEL, expect_unseen
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.references.bins import plan_window
from monitors.drift.references.reference import Reference
from monitors.drift.statistics.distribution import OTHER, Distribution, Tally, with_counts
from monitors.drift.statistics.seasons import mix_hours
from monitors.drift.windows.counting import Window, count
from monitors.drift.windows.fields import Field
from monitors.reporting.periods import Group, Period

HOUR = timedelta(hours=1)
OF_NOTHING = Distribution((), ())


@dataclass(frozen=True)
class Compared:
    """What was found in a period, compared with one reference."""

    window: Window
    findings: list[Finding]
    reference: Reference
    knows_hours: bool
    """Whether the reference has seen the hours of the window on several days."""

    @property
    def is_preliminary(self) -> bool:
        """Tell whether only `drift` should alarm: the reference does not know yet what is normal at these hours."""
        return self.reference.card.is_preliminary or not self.knows_hours


def compare_with(
    search: OpenSearch,
    group: Group,
    period: Period,
    reference: Reference,
    fields: Mapping[str, Field],
    config: Config,
    rule: Rule,
) -> Compared:
    """Judge a group's period, and the longer ones that end with it, against a reference."""
    plans, problems = plan_window(reference, fields, config)
    window = count(search, group, period, plans)
    problems |= window.problems
    label = reference.window.signals.get(LABEL)
    if label and OTHER in label.bins:
        problems[NEW_LABEL] = f"{reference.name} names only the most frequent of its labels"
    looks = [_make_look(window, reference, WINDOW, WINDOW_WEIGHT)]
    periods = {WINDOW: period}
    if group == reference.group:
        for name, (hours, weight) in LONGER.items():
            longer = Period(period.end - hours * HOUR, period.end)
            # A look must not overlap the reference, and one that is hardly longer than the window adds nothing.
            if longer.length >= 2 * period.length and longer.start >= reference.card.period.end:
                looks.append(_make_look(count(search, group, longer, plans), reference, name, weight))
                periods[name] = longer
    findings = [replace(each, period=periods[each.look]) for each in judge_looks(looks, rule)]
    unjudged = [_make_unjudged(name, why) for name, why in problems.items() if name != SCORE_BY_LABEL]
    knows = reference.card.is_preliminary or reference.season.knows(window.hours) or not window.predictions
    return Compared(window, [*findings, *unjudged], reference, knows)


def _make_look(window: Window, reference: Reference, name: str, weight: float) -> Look:
    season = reference.season
    frozen = {signal: each for signal, each in reference.window.signals.items() if signal in window.signals}
    before: dict[str, Tally] = {}
    for signal, each in frozen.items():
        by_kind = {kind: counts[signal] for kind, counts in season.counts.items() if signal in counts}
        before[signal] = with_counts(each, mix_hours(by_kind, window.hours, each.counts)) if by_kind else each
    if FAILED not in reference.window.signals:
        before.pop(FAILED, None)
    label = reference.window.signals.get(LABEL)
    unseen = expect_unseen(label) if isinstance(label, Distribution) else 0.0
    hours = window.period.length / HOUR
    return Look(before, window.signals, name, weight, season.dispersion(hours), unseen)


def _make_unjudged(signal: str, why: str) -> Finding:
    return Finding(signal, Verdict.NOT_ENOUGH_DATA, why, OF_NOTHING, OF_NOTHING)
