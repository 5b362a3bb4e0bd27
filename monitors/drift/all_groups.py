"""A run for every group that is alive, and once more for windows that changed since they were judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from opensearchpy import OpenSearch

from contracts.indices import DRIFT
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import Distribution
from monitors.drift.windows.changed_windows import find_changed_windows
from monitors.drift.windows.groups import SEEN_WITHIN, find_groups
from monitors.reporting.isolation import Result, attempt
from monitors.reporting.order import order_by_age
from monitors.reporting.periods import Group, Period

NOTHING = Distribution((), ())
(NOW,) = DRIFT.fixed_names
"""Holds the newest run of each group."""


class ComparingError(RuntimeError):
    """Some groups could not be judged; the message names them. All others were."""


@dataclass
class Judgements:
    """What came of some groups."""

    runs: list[Run] = field(default_factory=list)
    again: list[Run] = field(default_factory=list)
    """Runs of earlier windows that hold other predictions now than when they were judged."""
    problems: dict[str, str] = field(default_factory=dict)
    """Why a group, or what else, could not be judged."""

    def add(self, other: Judgements) -> None:
        """Take over what came of other groups."""
        self.runs += other.runs
        self.again += other.again
        self.problems |= other.problems

    def without_details(self) -> Judgements:
        """Return it without what was counted, so that a thousand groups fit into memory."""
        return Judgements([_lighten(run) for run in self.runs], [_lighten(run) for run in self.again], self.problems)

    def check(self) -> None:
        """Raise ComparingError if anything could not be judged, so that the function's alarm fires."""
        if self.problems:
            raise ComparingError("; ".join(f"{what}: {why}" for what, why in self.problems.items()))


def compare_all(search: OpenSearch, period: Period, config: Config) -> Judgements:
    """Judge every group, and return all of it at once."""
    outcome = Judgements()
    for each in compare_each(search, period, config):
        outcome.add(each)
    return outcome


def compare_each(
    search: OpenSearch, period: Period, config: Config, until: float = float("inf")
) -> Iterator[Judgements]:
    """Judge every group that was seen in the last seven days and not replaced by a newer version.

    Yields what came of one log group after the other, until the `time.monotonic()` moment; what the time is too short
    for comes first in the next run. A group that cannot be judged gets a run that says why, and stops no other. Raises
    where OpenSearch cannot be reached at all, or cannot tell which groups there are.
    """
    # Groups whose predictions all carry a time still to come are alive, too.
    seen = find_groups(search, Period(period.start - SEEN_WITHIN, period.end + SEEN_WITHIN), period.start)
    by_log_group: dict[str, list[Group]] = {}
    for group in sorted(seen.newest, key=str):
        by_log_group.setdefault(group.log_group, []).append(group)
    others = [Run(each.group, period, each.rows, Verdict.NOT_ENOUGH_DATA, str(each)) for each in seen.others]
    yield Judgements(others)
    for log_group in order_by_age(search, NOW, by_log_group):
        if time.monotonic() > until:
            return
        yield _compare_log_group(search, by_log_group[log_group], period, config)


def _compare_log_group(search: OpenSearch, groups: Sequence[Group], period: Period, config: Config) -> Judgements:
    outcome = Judgements()
    log_group, length = groups[0].log_group, timedelta(minutes=config.window_minutes)
    versions = [group.model_version for group in groups]
    what = f"windows of {log_group} that changed"
    for group, window in (
        _isolate(what, outcome, find_changed_windows, search, log_group, versions, period, length) or ()
    ):
        what = f"{group}, judged again"
        if what not in outcome.problems:
            again = _isolate(what, outcome, compare, search, group, window, config)
            outcome.again += [again] if again else []
    for group in groups:
        run = _isolate(str(group), outcome, compare, search, group, period, config)
        outcome.runs.append(run or _make_unjudged(group, period, outcome.problems[str(group)]))
    return outcome


def _isolate(what: str, outcome: Judgements, work: Callable[..., Result], *arguments: object) -> Result | None:
    result, problem = attempt(work, *arguments)
    if problem:
        outcome.problems[what] = problem
    return result


def _lighten(run: Run) -> Run:
    return replace(run, findings=tuple(replace(each, reference=NOTHING, current=NOTHING) for each in run.findings))


def _make_unjudged(group: Group, period: Period, why: str) -> Run:
    return Run(group, period, 0, Verdict.NOT_ENOUGH_DATA, f"could not be judged: {why}")
