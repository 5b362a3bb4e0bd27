"""References of quality: what the quality was when all was well; frozen once, named, numbered, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError

from contracts.actuals import INDEX as ACTUALS
from contracts.indices import QUALITY_REFERENCES
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import measure, of_group
from monitors.quality.quality import Quality
from monitors.reporting.answers import ask
from monitors.reporting.periods import Period, format_iso, read_millis

INDEX = QUALITY_REFERENCES.name


class TooFewTruthsError(ValueError):
    """No reference can be made of this period. The message says why."""


@dataclass(frozen=True)
class Reference:
    """The quality that a log group's predictions are held against, whatever the version of the model."""

    name: str
    revision: int
    log_group: str
    period: Period
    quality: Quality

    def to_json(self) -> dict[str, Any]:
        """Return the stored document."""
        return {
            "name": self.name,
            "revision": self.revision,
            "frozen": format_iso(datetime.now(UTC)),
            "log_group": self.log_group,
            "task": self.quality.task,
            "from": format_iso(self.period.start),
            "to": format_iso(self.period.end),
            "quality": self.quality.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` was made of."""
        period = Period(datetime.fromisoformat(stored["from"]), datetime.fromisoformat(stored["to"]))
        return cls(
            stored["name"], stored["revision"], stored["log_group"], period, Quality.from_json(stored["quality"])
        )


def find_reference(search: OpenSearch, log_group: str, task: Task) -> Reference | None:
    """Return the newest revision for a log group and task."""
    body = {
        "size": 1,
        "query": {"bool": {"filter": [{"term": {"log_group": log_group}}, {"term": {"task": task}}]}},
        "sort": [{"revision": "desc"}],
    }
    try:
        search.indices.refresh(index=INDEX)
    except NotFoundError:
        return None
    hits = ask(search, INDEX, body)["hits"]["hits"]
    return Reference.from_json(hits[0]["_source"]) if hits else None


def freeze(search: OpenSearch, log_group: str, task: Task, period: Period, name: str, config: Config) -> Reference:
    """Measure a period and store it as the next revision. Who freezes the same revision at once gets the first one.

    Raises:
        TooFewTruthsError: the period has fewer rows than the minimum.
    """
    quality = measure(search, of_group(log_group, None, task, period), task)
    if quality.rows < config.minimum:
        raise TooFewTruthsError(
            f"{quality.rows:,} predictions of {log_group} from {period} have a truth; "
            f"a reference needs {config.minimum:,}"
        )
    last = find_reference(search, log_group, task)
    reference = Reference(name, last.revision + 1 if last else 1, log_group, period, quality)
    key = json.dumps([log_group, task, reference.revision])
    identity = hashlib.sha256(key.encode()).hexdigest()
    try:
        search.create(index=INDEX, id=identity, body=reference.to_json(), params={"refresh": "true"})
    except ConflictError:
        return Reference.from_json(search.get(index=INDEX, id=identity)["_source"])
    return reference


def freeze_first(search: OpenSearch, log_group: str, task: Task, config: Config) -> tuple[Reference | None, int]:
    """Freeze the first `reference_size` predictions that have a truth, or return how many there are so far."""
    number = config.reference_size
    query = of_group(log_group, None, task, None)
    body = {"query": query, "size": 1, "sort": [{"predicted": "asc"}], "_source": False, "track_total_hits": True}
    first = ask(search, ACTUALS, body)["hits"]
    if first["total"]["value"] < number:
        return None, first["total"]["value"]
    last = ask(search, ACTUALS, body | {"from": number - 1})["hits"]
    start, end = (read_millis(answer["hits"][0]["sort"][0]) for answer in (first, last))
    period = Period(start, end + timedelta(milliseconds=1))
    return freeze(search, log_group, task, period, f"first {number:,}", config), number
