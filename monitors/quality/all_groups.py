"""A run for every group, log group by log group, those that were judged longest ago first."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from contracts.indices import QUALITY
from monitors.quality.comparing import compare, compare_without_actuals
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.groups import Found, find_groups, find_tasks_of
from monitors.quality.judging import Verdict
from monitors.quality.run import Run
from monitors.reporting.groups import Others
from monitors.reporting.isolation import attempt
from monitors.reporting.order import order_by_age
from monitors.reporting.periods import Group, Period

(NOW,) = QUALITY.fixed_names
"""Holds the newest run of each group."""


def judge_all(search: OpenSearch, now: datetime, config: Config) -> list[Run]:
    """Return the runs of all groups."""
    return [run for runs in judge_each(search, now, config) for run in runs]


def judge_each(search: OpenSearch, now: datetime, config: Config, until: float = float("inf")) -> Iterator[list[Run]]:
    """Yield the runs of one log group after the other, until the `time.monotonic()` moment.

    A group that cannot be judged gets a run with the problem, and stops no other. What the time is too short for comes
    first in the next run. Raises where OpenSearch cannot be reached, or cannot tell which groups there are.
    """
    now -= timedelta(microseconds=now.microsecond % 1000)  # OpenSearch counts in milliseconds
    found = find_groups(search, now, config)
    by_log_group: dict[str, list[Group]] = {}
    for group in found.tasks:
        by_log_group.setdefault(group.log_group, []).append(group)
    if others := [_describe_others(each, now) for each in found.others]:
        yield others
    for log_group in order_by_age(search, NOW, by_log_group):
        if time.monotonic() > until:
            return
        yield list(_judge_log_group(search, by_log_group[log_group], found, now, config))


def _judge_log_group(
    search: OpenSearch, groups: Sequence[Group], found: Found, now: datetime, config: Config
) -> Iterator[Run]:
    for group in sorted(groups, key=str):
        tasks = found.tasks[group] or find_tasks_of(search, group)
        for task in tasks or (None,):
            run, problem = attempt(_judge, search, group, task, now, config)
            yield run or _describe_problem(group, task, now, problem)


def _judge(search: OpenSearch, group: Group, task: Task | None, now: datetime, config: Config) -> Run:
    if task is None:
        return compare_without_actuals(search, group, now, config)
    return compare(search, group, task, now, config)


def _describe_problem(group: Group, task: Task | None, now: datetime, problem: str) -> Run:
    words = f"could not be judged: {problem}"
    return Run(group, now, Period(now, now), 0, Verdict.NOT_ENOUGH_DATA, words, task, problem=problem)


def _describe_others(others: Others, now: datetime) -> Run:
    return Run(others.group, now, Period(now, now), others.rows, Verdict.NOT_ENOUGH_DATA, str(others))
