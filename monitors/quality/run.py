"""What is said of one group's predictions at one moment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitors.quality.breakdown import Age, Segment
from monitors.quality.correctness import Task
from monitors.quality.judging import WINDOW, Finding, Verdict
from monitors.quality.quality import Quality
from monitors.quality.reference import Reference
from monitors.reporting.periods import Group, Period, format_iso


@dataclass(frozen=True)
class Day:
    """The predictions of one UTC day."""

    start: datetime
    predictions: int
    actuals: int
    accuracy: float | None
    mean_absolute_error: float | None


@dataclass(frozen=True)
class Outside:
    """Actuals of predictions that were made before or after the window."""

    older: int = 0
    newer: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(frozen=True)
class Run:
    """One judgement of one group. Every figure of it is of the predictions made in `period`.

    `made` is when it was made, `explanation` one sentence for the whole of it. Without an actual there is no task.
    """

    group: Group
    made: datetime
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
    look: str = WINDOW
    outside: Outside = Outside()
    problem: str = ""
    """Why it could not be judged, where something is broken."""

    @property
    def actuals(self) -> int:
        """Return how many of the predictions have an actual."""
        return self.quality.rows if self.quality else 0

    @property
    def coverage(self) -> float | None:
        """Return the share of predictions that have an actual; None without predictions."""
        return min(1.0, self.actuals / self.predictions) if self.predictions else None

    @property
    def key(self) -> str:
        """The same for the same group at any time."""
        return key_of(self.group, self.task)

    @property
    def identity(self) -> str:
        """The same for the same group and moment, so that a repeated run writes the same documents."""
        return _hash([self.key, format_iso(self.made)])

    def without_details(self) -> Run:
        """Return the run as metrics and the overview need it, so that a thousand of them fit into memory."""
        if self.quality is None:
            return self
        quality = replace(self.quality, labels=(), confusion={}, bins=(), stored=self.quality.figures())
        return replace(self, quality=quality, findings=(), segments=(), days=(), reference=None)


def key_of(group: Group, task: Task | None) -> str:
    """Return what the ids of a group's documents begin with. Without an actual a group has no task."""
    return _hash([group.log_group, group.model_version, task])


def _hash(key: list[Any]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
