"""The looks of a run: the window itself, and longer ones that see small lasting changes and quiet models."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.judgement.inputs import Watched, judge_inputs
from monitors.drift.judgement.judging import LONGER, WINDOW, WINDOW_WEIGHT, Look, find_minimum, judge_looks
from monitors.drift.judgement.signals import (
    FAILED,
    INPUTS,
    LABEL,
    NEW_LABEL,
    NOVELTY,
    SCORE_BY_LABEL,
    TEXT,
    expect_unseen,
    is_column,
    path_of,
)
from monitors.drift.judgement.texts import confirm_novelty, judge_texts
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.references.bins import plan_window
from monitors.drift.references.input_bins import plan_column_window
from monitors.drift.references.reference import Reference
from monitors.drift.statistics.distribution import OTHER, Distribution, Tally, with_counts
from monitors.drift.statistics.seasons import mix_hours, move_kind
from monitors.drift.windows.counting import Window, count, count_columns
from monitors.drift.windows.fields import Field, find_column_fields
from monitors.drift.windows.history import find_suspected, was_bad_at_this_time
from monitors.drift.windows.places import find_place_fields, is_place, sample_places
from monitors.drift.windows.sampling import WINDOW_SAMPLE
from monitors.drift.windows.texts import sample_texts
from monitors.reporting.periods import Group, Period

HOUR = timedelta(hours=1)
DAY, HOURS_BETWEEN_DAYS = "day", 6
FindBefore = Callable[[], Mapping[str, Collection[str]]]
"""Returns what the window before suspected, by signal; asked only where it matters."""
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
    weights = {WINDOW: WINDOW_WEIGHT}
    periods = {WINDOW: period}
    windows = {WINDOW: window}
    if group == reference.group:
        for name, (hours, weight) in LONGER.items():
            longer = Period(period.end - hours * HOUR, period.end)
            # A look must not overlap the reference, and one that is hardly longer than the window adds nothing.
            if longer.length >= 2 * period.length and longer.start >= reference.card.period.end:
                windows[name] = count(search, group, longer, plans)
                weights[name], periods[name] = weight, longer
    find_before = cache(lambda: find_suspected(search, group, period))
    inputs = [
        *_judge_columns(search, group, windows, reference, rule, find_before),
        *_judge_texts(search, group, windows, reference, rule, find_before),
    ]
    found = _judge_at_any_clock(search, group, windows, weights, reference, rule)
    judged = [confirm_novelty(each, lambda: find_before().get(NOVELTY, ())) for each in found]
    findings = [replace(each, period=periods[each.look]) for each in (*judged, *inputs)]
    unjudged = [_make_unjudged(name, why) for name, why in problems.items() if name != SCORE_BY_LABEL]
    knows = reference.card.is_preliminary or reference.season.knows(window.hours) or not window.predictions
    return Compared(window, [*findings, *unjudged], reference, knows)


def _judge_at_any_clock(
    search: OpenSearch,
    group: Group,
    windows: Mapping[str, Window],
    weights: Mapping[str, float],
    reference: Reference,
    rule: Rule,
) -> list[Finding]:
    """Judge the looks, also as if the window were an hour earlier or later, where that was a habit before.

    After a change of the clocks people come an hour earlier or later, for half a year. The first day of it is told.
    """

    def judge_moved(hours: int) -> list[Finding]:
        looks = [_make_look(windows[name], reference, name, weight, hours) for name, weight in weights.items()]
        return judge_looks(looks, rule)

    found = judge_moved(0)
    if _worst(found) and reference.season.counts and was_bad_at_this_time(search, group, windows[WINDOW].period):
        return min((found, judge_moved(-1), judge_moved(1)), key=_worst)
    return found


def _worst(findings: Sequence[Finding]) -> int:
    return max((each.verdict.severity for each in findings), default=0)


def _judge_columns(
    search: OpenSearch,
    group: Group,
    windows: Mapping[str, Window],
    reference: Reference,
    rule: Rule,
    find_before: FindBefore,
) -> list[Finding]:
    """Judge the input's columns in the shortest look with enough predictions: each look would cost as much again."""
    names = [name for name in reference.window.signals if is_column(name)]
    if not names:
        return []
    enough = (name for name, each in windows.items() if each.predictions >= find_minimum(name, rule))
    look = next(enough, WINDOW)
    window = windows[look]
    paths = [path_of(name) for name in names]
    places = [path for path in paths if is_place(path)]
    rows = [row for _, row in sample_places(search, group, window.period, places)]
    fields = find_column_fields(search, window.period, [path for path in paths if not is_place(path)])
    plans, retyped = plan_column_window(reference, fields | find_place_fields(rows, places))
    counted, problems = count_columns(search, group, window, plans, rows)
    unseen = {
        name: expect_unseen(frozen) or 0.0
        for name, frozen in reference.window.signals.items()
        if is_column(name) and isinstance(frozen, Distribution)
    }
    left_out = {**reference.left_out, **{path_of(name): why for name, why in problems.items()}}

    def find_columns_before() -> Collection[str]:
        return find_before().get(INPUTS, ()) if look == WINDOW else ()

    compared = _make_look(counted, reference, look, 1.0)
    decision = replace(rule, minimum=find_minimum(look, rule))
    return judge_inputs(compared, Watched(left_out, retyped, unseen), decision, find_columns_before)


def _judge_texts(
    search: OpenSearch,
    group: Group,
    windows: Mapping[str, Window],
    reference: Reference,
    rule: Rule,
    find_before: FindBefore,
) -> list[Finding]:
    """Judge the words of the window, and every sixth hour those of the day, which show what an hour is too short for.

    A window with too few predictions is judged over the shortest look that has enough.
    """
    if reference.texts is None:
        return []
    enough = (name for name, each in windows.items() if each.predictions >= find_minimum(name, rule))
    looks = [next(enough, WINDOW)]
    if DAY in windows and windows[WINDOW].period.end.hour % HOURS_BETWEEN_DAYS == 0 and DAY not in looks:
        looks.append(DAY)

    def find_words_before() -> Collection[str]:
        return find_before().get(TEXT, ())

    found = []
    for look in looks:
        texts = [text for _, text in sample_texts(search, group, windows[look].period, WINDOW_SAMPLE)]
        before = find_words_before if look == WINDOW else frozenset
        found.append(judge_texts(reference.texts, texts, windows[look].hours, rule, before, look))
    return [max(found, key=lambda each: each.verdict.rank)]


def _make_look(window: Window, reference: Reference, name: str, weight: float, moved_hours: int = 0) -> Look:
    season = reference.season
    of_window = {move_kind(kind, moved_hours): number for kind, number in window.hours.items()}
    frozen = {signal: each for signal, each in reference.window.signals.items() if signal in window.signals}
    before: dict[str, Tally] = {}
    for signal, each in frozen.items():
        by_kind = {kind: counts[signal] for kind, counts in season.counts.items() if signal in counts}
        before[signal] = with_counts(each, mix_hours(by_kind, of_window, each.counts)) if by_kind else each
    if FAILED not in reference.window.signals:
        before.pop(FAILED, None)
    label = reference.window.signals.get(LABEL)
    unseen = expect_unseen(label) if isinstance(label, Distribution) else 0.0
    hours = window.period.length / HOUR
    return Look(before, window.signals, name, weight, season.dispersion(hours), unseen)


def _make_unjudged(signal: str, why: str) -> Finding:
    return Finding(signal, Verdict.NOT_ENOUGH_DATA, why, OF_NOTHING, OF_NOTHING)
