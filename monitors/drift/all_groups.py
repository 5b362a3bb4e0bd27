"""A run for every group that is alive, and once more for windows that changed since they were judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from opensearchpy import OpenSearch

from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports.run import Run
from monitors.drift.windows.changed_windows import find_changed_windows
from monitors.drift.windows.groups import SEEN_WITHIN, find_groups
from monitors.reporting.isolation import Result, attempt
from monitors.reporting.periods import UNVERSIONED, Group, Period


class ComparingError(RuntimeError):
    """Some groups could not be judged; the message names them. All others were."""


@dataclass
class Judgements:
    """What came of one invocation."""

    runs: list[Run] = field(default_factory=list)
    again: list[Run] = field(default_factory=list)
    """Runs of earlier windows that hold other predictions now than when they were judged."""
    problems: dict[str, str] = field(default_factory=dict)
    """Why a group, or what else, could not be judged."""

    def check(self) -> None:
        """Raise ComparingError if anything could not be judged, so that the function's alarm fires."""
        if self.problems:
            raise ComparingError("; ".join(f"{what}: {why}" for what, why in self.problems.items()))


def compare_all(search: OpenSearch, period: Period, config: Config) -> Judgements:
    """Judge every group that was seen in the last seven days and not replaced by a newer version.

    A group that cannot be judged gets a run that says why, and stops no other. Raises where OpenSearch cannot be
    reached at all, or cannot tell which groups there are.
    """
    # Groups whose predictions all carry a time still to come are alive, too.
    seen = find_groups(search, Period(period.start - SEEN_WITHIN, period.end + SEEN_WITHIN))
    outcome = Judgements(problems=dict(seen.problems))
    for log_group, why in seen.problems.items():
        outcome.runs.append(_make_unjudged(Group(log_group, UNVERSIONED), period, why))
    alive = seen.alive(period.start)
    length = timedelta(minutes=config.window_minutes)
    for log_group in dict.fromkeys(group.log_group for group in alive):
        changed = _isolate(
            f"windows of {log_group} that changed", outcome, find_changed_windows, search, log_group, period, length
        )
        for group, window in changed or []:
            what = f"{group}, judged again"
            if what not in outcome.problems:
                again = _isolate(what, outcome, compare, search, group, window, config)
                outcome.again += [again] if again else []
    for group in alive:
        run = _isolate(str(group), outcome, compare, search, group, period, config)
        outcome.runs.append(run or _make_unjudged(group, period, outcome.problems[str(group)]))
    return outcome


def _isolate(what: str, outcome: Judgements, work: Callable[..., Result], *arguments: object) -> Result | None:
    result, problem = attempt(work, *arguments)
    if problem:
        outcome.problems[what] = problem
    return result


def _make_unjudged(group: Group, period: Period, why: str) -> Run:
    return Run(group, period, 0, Verdict.NOT_ENOUGH_DATA, f"could not be judged: {why}")
