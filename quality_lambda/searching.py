"""What all questions to OpenSearch have in common: a part of an answer is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opensearchpy import OpenSearch

PREDICTIONS = "cwl-*"


class PartialAnswerError(RuntimeError):
    """OpenSearch answered, but not for all of the data. Nothing may be concluded from it."""


@dataclass(frozen=True)
class Period:
    """A time range in UTC, its end excluded."""

    start: datetime
    end: datetime

    def filter(self, field: str) -> dict[str, Any]:
        """Return the query for this period."""
        return {"range": {field: {"gte": iso(self.start), "lt": iso(self.end)}}}


def ask(search: OpenSearch, index: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the whole answer; an index that is not there yet is empty.

    Raises:
        PartialAnswerError: a shard failed or the time ran out.
    """
    answer: dict[str, Any] = search.search(
        index=index,
        body=body,
        params={
            "ignore_unavailable": "true",
            "allow_no_indices": "true",
            "allow_partial_search_results": "false",
            **options,
        },
    )
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise PartialAnswerError(f"only a part of {index} answered: {answer['_shards']}")
    return answer


def iso(moment: datetime) -> str:
    """Return UTC with milliseconds, as `@timestamp` has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_millis(value: float) -> datetime:
    """Return the moment of a date that OpenSearch gives as a number."""
    return datetime.fromtimestamp(value / 1000, tz=UTC)
