"""The questions put to OpenSearch, and what makes an answer trustworthy."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import PREDICTIONS, RAW
from monitors.reporting import answers
from monitors.reporting.periods import Group, Period, of_version

INDICES = PREDICTIONS.pattern
RAW_INDICES = RAW.pattern
LOG_GROUP = "@log_group.keyword"
VERSION = "model.version.keyword"
IS_RAW = {"exists": {"field": "shipper.kept_raw.reason"}}
"""Lines kept raw: in `raw-*`, and in `cwl-*` of days before these indices existed."""
MOST_DAYS_NAMED = timedelta(days=100)
HAS_FAILED = {"term": {"shipper.failed": True}}


def of_group(group: Group, period: Period | None = None) -> dict[str, Any]:
    """Return the query for a group's predictions, failed ones included, in a period or ever."""
    must = [{"term": {LOG_GROUP: group.log_group}}, of_version(group.model_version, VERSION), *within(period)]
    return {"bool": {"filter": must, "must_not": [IS_RAW]}}


def of_log_group(log_group: str, period: Period) -> dict[str, Any]:
    """Return the query for all predictions of a log group in a period."""
    return {"bool": {"filter": [{"term": {LOG_GROUP: log_group}}, *within(period)], "must_not": [IS_RAW]}}


def of_raw_lines(log_group: str, period: Period) -> dict[str, Any]:
    """Return the query for the lines of a log group that were kept raw in a period."""
    return {"bool": {"filter": [{"term": {LOG_GROUP: log_group}}, *within(period), IS_RAW]}}


def without_failed(query: dict[str, Any]) -> dict[str, Any]:
    """Return the query without failed predictions, which have neither label nor score."""
    inner = query["bool"]
    return {"bool": {**inner, "must_not": [*inner.get("must_not", []), HAS_FAILED]}}


def within(period: Period | None) -> list[dict[str, Any]]:
    """Return the filters for a period; none for ever."""
    if period is None:
        return []
    return [period.filter("@timestamp")]


def name_days(period: Period) -> str:
    """Return the names of the daily indices of a period, comma-separated; of a long period those of its years.

    They stand in the address of a request, which OpenSearch takes up to 4,096 bytes.
    """
    first, last = period.start.astimezone(UTC).date(), period.end.astimezone(UTC).date()
    if last - first > MOST_DAYS_NAMED:
        return ",".join(f"cwl-{year:04}.*" for year in range(first.year, last.year + 1))
    return ",".join(f"cwl-{first + timedelta(days=day):%Y.%m.%d}" for day in range((last - first).days + 1))


def ask(search: OpenSearch, body: dict[str, Any], index: str = INDICES) -> dict[str, Any]:
    """Search all predictions; raises PartialAnswerError where a shard failed or the time ran out."""
    return answers.ask(search, index, {"size": 0, "track_total_hits": True, **body})


def read_total(answer: dict[str, Any]) -> int:
    """Return how many documents the query found."""
    return int(answer["hits"]["total"]["value"])
