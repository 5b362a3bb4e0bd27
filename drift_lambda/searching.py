"""The questions put to OpenSearch, and what makes an answer trustworthy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opensearchpy import OpenSearch

INDICES = "cwl-*"
LOG_GROUP = "@log_group.keyword"
VERSION = "model.version.keyword"
UNVERSIONED = "(none)"
"""The model version of predictions that name none."""
IS_RAW = {"exists": {"field": "shipper.kept_raw.reason"}}


class CountingError(RuntimeError):
    """OpenSearch answered, but not for all of the data; nothing may be concluded from it."""


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


def of_group(group: Group, period: Period | None = None) -> dict[str, Any]:
    """The query for a group's predictions, in a period or ever."""
    must = [{"term": {LOG_GROUP: group.log_group}}, *within(period)]
    must_not = [IS_RAW]
    if group.model_version == UNVERSIONED:
        must_not.append({"exists": {"field": VERSION}})
    else:
        must.append({"term": {VERSION: group.model_version}})
    return {"bool": {"filter": must, "must_not": must_not}}


def of_log_group(log_group: str, period: Period, *, raw: bool) -> dict[str, Any]:
    """The query for all predictions of a log group in a period, or for its lines kept raw."""
    must: list[dict[str, Any]] = [{"term": {LOG_GROUP: log_group}}, *within(period)]
    return {"bool": {"filter": [*must, IS_RAW]}} if raw else {"bool": {"filter": must, "must_not": [IS_RAW]}}


def within(period: Period | None) -> list[dict[str, Any]]:
    """The filters for a period; none for ever."""
    if period is None:
        return []
    return [{"range": {"@timestamp": {"gte": iso(period.start), "lt": iso(period.end)}}}]


def ask(search: OpenSearch, body: dict[str, Any]) -> dict[str, Any]:
    """Search all predictions; raises CountingError where a shard failed or the time ran out."""
    answer: dict[str, Any] = search.search(
        index=INDICES,
        body={"size": 0, "track_total_hits": True, **body},
        ignore_unavailable=True,
        allow_no_indices=True,
        allow_partial_search_results=False,
    )
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise CountingError(f"only a part of the predictions was counted: {answer['_shards']}")
    return answer


def total(answer: dict[str, Any]) -> int:
    """How many documents the query found."""
    return int(answer["hits"]["total"]["value"])


def iso(moment: datetime) -> str:
    """UTC with milliseconds, as `@timestamp` has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_millis(value: float) -> datetime:
    """The moment of a date that OpenSearch gives as a number."""
    return datetime.fromtimestamp(value / 1000, tz=UTC)
