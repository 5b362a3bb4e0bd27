"""A row of a file of actuals: one that can be stored, or one that is refused."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ActualRow:
    """An actual that can be stored, and the line of the file that it is from."""

    line: int
    prediction_id: str
    actual: dict[str, Any]
    milliseconds: int
    log_group: str = ""
    annotator: str = ""


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be an actual."""

    line: int
    reason: str


class BadRowError(ValueError):
    """A row is no actual. The message says why."""


class ColumnError(ValueError):
    """A column cannot be read for certain. The message says why, and what decides it."""
