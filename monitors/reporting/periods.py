"""Whose predictions, and of which time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

UNVERSIONED = "(none)"
"""The model version of predictions that name none."""


def of_version(version: str, field: str) -> dict[str, Any]:
    """Return the query for what a model version predicted; `field` is the keyword that holds the version.

    A version with the name `(none)` counts as no version.
    """
    named = {"term": {field: version}}
    if version != UNVERSIONED:
        return named
    return {"bool": {"should": [named, {"bool": {"must_not": [{"exists": {"field": field}}]}}]}}


@dataclass(frozen=True)
class Group:
    """Whose predictions: those of one model version in one log group."""

    log_group: str
    model_version: str

    def __str__(self) -> str:
        return f"version {self.model_version} in {self.log_group}"


@dataclass(frozen=True)
class Period:
    """A time range in UTC, its end excluded."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def __str__(self) -> str:
        return f"{format_iso(self.start)} to {format_iso(self.end)}"

    def filter(self, field: str) -> dict[str, Any]:
        """Return the query for this period."""
        return {"range": {field: {"gte": format_iso(self.start), "lt": format_iso(self.end)}}}


def format_iso(moment: datetime) -> str:
    """Return UTC with milliseconds, as `@timestamp` has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_millis(value: float) -> datetime:
    """Return the moment of a date that OpenSearch gives as a number."""
    return datetime.fromtimestamp(value / 1000, tz=UTC)


def read_moment(text: str) -> datetime:
    """Return the time that a text in ISO 8601 names; one without an offset is UTC.

    Raises:
        ValueError: it is no time.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
