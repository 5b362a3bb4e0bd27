"""One run of one group: its looks against the reference, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from opensearchpy import OpenSearch

from monitors.quality.breakdown import Segment, count_days, count_segments, measure_age
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import measure, measure_briefly
from monitors.quality.judging import (
    DAY,
    NEWEST,
    WINDOW,
    Finding,
    Look,
    Verdict,
    can_tell,
    judge_looks,
    pick_overall,
)
from monitors.quality.looking import (
    ONE_DAY,
    choose_looks,
    choose_window,
    count_predictions,
    count_predictions_by_day,
    find_outside,
    of_rows,
)
from monitors.quality.reference import Reference, find_references, freeze_first, grow
from monitors.quality.run import Day, Outside, Run
from monitors.reporting.periods import Group, Period
from monitors.reporting.references import choose_in_force
from monitors.reporting.wording import format_count, format_percent

FAIR_SHARE = 0.95
"""Where fewer predictions than this have a truth, the explanation says that those may not be a fair sample."""
SPOKEN = {WINDOW: "", DAY: " in the last day", NEWEST: " in the newest predictions"}


def compare(search: OpenSearch, group: Group, task: Task, now: datetime, config: Config) -> Run:
    """Judge one group's rows of one task, after freezing the reference that is due."""
    window = choose_window(search, group, task, now, config)
    reference, found = _find_reference(search, group.log_group, task, window, config)
    # A window that a reference was frozen from must not confirm it.
    start = max(window.start, min(reference.period.end, window.end)) if reference else window.start
    judged = Period(start, window.end)
    has_rows = reference is not None and start < window.end
    periods = choose_looks(search, group, task, judged, config) if has_rows else {}
    brief = measure_briefly(search, of_rows(group, task, None), task, periods) if periods else {}
    looks = [Look(name, each, max(1.0, periods[name].length / ONE_DAY)) for name, each in brief.items()]
    findings = judge_looks(reference.before(), looks, config.rule()) if reference else []
    look = findings[0].look if findings else WINDOW
    # Every figure is of the look that the verdict speaks of, or of the window where too little follows the reference.
    shown = periods[look] if findings else window
    run = _describe(search, Run(group, now, shown, 0, pick_overall(findings), "", task), config)
    rows = brief[WINDOW].rows if brief else 0
    verdict = run.verdict
    if reference and verdict is Verdict.AS_BEFORE and not can_tell(reference.quality, config.rule()):
        verdict = Verdict.NOT_ENOUGH_DATA
    words = _explain(reference, found, findings, verdict, rows, config)
    outside = find_outside(search, group, task, window)
    return replace(
        run,
        verdict=verdict,
        explanation="; ".join([words, _explain_coverage(run), *_explain_delay(window, outside, run.actuals, now)]),
        findings=tuple(findings),
        reference=reference,
        look=look,
        outside=outside,
        days=_count_days(search, group, task, Period(_begin_of_day(window.start), now)),
    )


def compare_without_actuals(search: OpenSearch, group: Group, now: datetime, config: Config) -> Run:
    """Return what is said of a group of which no prediction has an actual."""
    window = choose_window(search, group, None, now, config)
    total = count_predictions(search, group, window)
    made = count_predictions_by_day(search, group, Period(_begin_of_day(window.start), window.end))
    days = tuple(Day(start, number, 0, None, None) for start, number in sorted(made.items()))
    words = f"none of {format_count(total, 'prediction')} has a truth"
    return Run(group, now, window, total, Verdict.NOT_ENOUGH_DATA, words, days=days)


def _find_reference(
    search: OpenSearch, log_group: str, task: Task, window: Period, config: Config
) -> tuple[Reference | None, int]:
    """Return the reference of a window, and how many rows there are for a first one where there is none."""
    known = find_references(search, log_group, task)
    if not known:
        return freeze_first(search, log_group, task, config)
    if grown := grow(search, log_group, task, window.end, known, config):
        known = [grown, *known]
    return choose_in_force(known, window.start), 0


def _describe(search: OpenSearch, run: Run, config: Config) -> Run:
    """Return the run with every figure of the rows in its period."""
    assert run.task
    query = of_rows(run.group, run.task, run.period)
    return replace(
        run,
        predictions=count_predictions(search, run.group, run.period),
        quality=measure(search, query, run.task),
        segments=tuple(
            each
            for field in dict.fromkeys((*config.segments, *config.found_segments))
            for each in count_segments(search, query, field)
        ),
        age=measure_age(search, query),
    )


def _explain(
    reference: Reference | None,
    found: int,
    findings: Sequence[Finding],
    verdict: Verdict,
    rows: int,
    config: Config,
) -> str:
    if reference is None:
        return f"no reference yet: {found:,} of the {config.reference_size:,} truths that it takes"
    if not findings:
        return f"{rows:,} of the {config.minimum:,} truths needed after the reference “{reference.name}”"
    worst = pick_overall(findings)
    told = [each for each in findings if each.verdict is worst] if worst.severity else findings[:1]
    words = "; ".join(each.explanation for each in told) + SPOKEN[findings[0].look]
    if verdict is Verdict.NOT_ENOUGH_DATA:
        return f"not sure yet: the reference has {format_count(reference.quality.rows, 'truth')}; {words}"
    return words


def _explain_coverage(run: Run) -> str:
    if not run.predictions:
        return f"{format_count(run.actuals, 'truth')}, and their predictions are no longer kept"
    share = run.coverage or 0.0
    fair = "" if share >= FAIR_SHARE else ", rarely a fair sample"
    share_of = f"{format_percent(share, always_decimal=True)} of {run.predictions:,} predictions have a truth"
    return share_of + fair


def _explain_delay(window: Period, outside: Outside, rows: int, now: datetime) -> list[str]:
    """Say until when the predictions are that are judged, if that is not now, and which truths lie outside."""
    found = []
    if window.end < now:
        found.append(f"of predictions until {_name(window.end)}, whose truths have mostly arrived")
    if outside.newer:
        newer = format_count(outside.newer, "truth")
        found.append(f"{newer} of newer predictions, up to {_name(outside.newest)}, are not judged yet")
    if outside.older and not rows:
        older = f"{format_count(outside.older, 'truth')} of older predictions, from {_name(outside.oldest)} on"
        found.append(f"{older}, lie outside the window: set quality_delay_days to judge them")
    return found


def _name(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def _begin_of_day(moment: datetime) -> datetime:
    """Return the begin of the UTC day, since a day's new document replaces the old one."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _count_days(search: OpenSearch, group: Group, task: Task, period: Period) -> tuple[Day, ...]:
    made = count_predictions_by_day(search, group, period)
    told: Mapping[datetime, Segment] = count_days(search, of_rows(group, task, period))
    nothing = Segment("day", "", 0, None, None)
    # A day whose predictions were deleted is left out, so that what was said of it before stays.
    pairs = ((start, told.get(start, nothing)) for start in sorted(made))
    return tuple(Day(start, made[start], each.rows, each.accuracy, each.mean_absolute_error) for start, each in pairs)
