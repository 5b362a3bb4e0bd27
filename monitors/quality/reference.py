"""References of quality: what the quality was when all was well; frozen once, named, numbered, never changed.

The first one is small. It grows: after a week, two and four, all rows since the first prediction are frozen anew, as
long as those that are added are no worse.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError

from contracts.actuals import INDEX as ACTUALS
from contracts.indices import QUALITY_REFERENCES
from monitors.quality.config import Config
from monitors.quality.correctness import Task
from monitors.quality.counting import measure, measure_days, of_group
from monitors.quality.judging import Before, judge, pick_overall
from monitors.quality.quality import Quality
from monitors.quality.testing import Mean, variance_between
from monitors.reporting.answers import ask
from monitors.reporting.periods import Period, format_iso, read_millis
from monitors.reporting.references import AUTOMATIC, BY_HAND, create, read_origin

INDEX = QUALITY_REFERENCES.name
MOST_REVISIONS = 50
"""The newest ones; older ones stay stored."""
GROWTH_DAYS = (7, 14, 28)
DAY = timedelta(days=1)


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
    days: tuple[Mean, ...] = ()
    """Each day's mean of what is judged first; empty where a reference from before this was stored."""
    origin: str = AUTOMATIC

    def before(self) -> Before:
        """Return what looks are compared with."""
        return Before(self.quality, max(1.0, self.period.length / DAY), variance_between(self.days))

    def to_json(self) -> dict[str, Any]:
        """Return the stored document."""
        return {
            "name": self.name,
            "revision": self.revision,
            "origin": self.origin,
            "frozen": format_iso(datetime.now(UTC)),
            "log_group": self.log_group,
            "task": self.quality.task,
            "from": format_iso(self.period.start),
            "to": format_iso(self.period.end),
            "quality": {**self.quality.to_json(), "days": [asdict(each) for each in self.days]},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` was made of."""
        return cls(
            name=stored["name"],
            revision=stored["revision"],
            log_group=stored["log_group"],
            period=Period(datetime.fromisoformat(stored["from"]), datetime.fromisoformat(stored["to"])),
            quality=Quality.from_json(stored["quality"]),
            days=tuple(Mean(**each) for each in stored["quality"].get("days", ())),
            origin=read_origin(stored),
        )


def find_references(search: OpenSearch, log_group: str, task: Task) -> list[Reference]:
    """Return the references of a log group and task, the newest revision first."""
    body = {
        "size": MOST_REVISIONS,
        "query": {"bool": {"filter": [{"term": {"log_group": log_group}}, {"term": {"task": task}}]}},
        "sort": [{"revision": "desc"}],
    }
    try:
        search.indices.refresh(index=INDEX)
    except NotFoundError:
        return []
    return [Reference.from_json(hit["_source"]) for hit in ask(search, INDEX, body)["hits"]["hits"]]


def find_reference(search: OpenSearch, log_group: str, task: Task) -> Reference | None:
    """Return the newest revision for a log group and task."""
    return next(iter(find_references(search, log_group, task)), None)


def freeze(
    search: OpenSearch,
    log_group: str,
    task: Task,
    period: Period,
    name: str,
    config: Config,
    origin: str = BY_HAND,
) -> Reference:
    """Measure a period and store it as the next revision. Who freezes the same revision at once gets the first one.

    Args:
        search: the domain.
        log_group: whose predictions, of any version.
        task: which of its rows.
        period: when the predictions were made.
        name: what it is called from now on.
        config: has the fewest rows that a reference needs.
        origin: who freezes it: a person, or the function.

    Raises:
        TooFewTruthsError: the period has fewer rows than the minimum.
    """
    query = of_group(log_group, None, task, period)
    quality = measure(search, query, task)
    if quality.rows < config.minimum:
        raise TooFewTruthsError(
            f"{quality.rows:,} predictions of {log_group} from {period} have a truth; "
            f"a reference needs {config.minimum:,}"
        )
    last = find_reference(search, log_group, task)
    days = tuple(measure_days(search, query, task))
    reference = Reference(name, last.revision + 1 if last else 1, log_group, period, quality, days, origin)
    identity = hashlib.sha256(json.dumps([log_group, task, reference.revision]).encode()).hexdigest()
    return Reference.from_json(create(search, INDEX, identity, reference.to_json()))


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
    return freeze(search, log_group, task, period, f"first {number:,}", config, AUTOMATIC), number


def grow(
    search: OpenSearch, log_group: str, task: Task, until: datetime, known: Sequence[Reference], config: Config
) -> Reference | None:
    """Freeze the days since the first prediction of an automatic reference, if it is due to grow; else None.

    Args:
        search: the domain.
        log_group: whose predictions.
        task: which of its rows.
        until: the end of the judged window; later rows may still lack their actuals.
        known: all references of the log group and task.
        config: has the rule that tells whether the rows that are added are worse.
    """
    if not known or any(each.origin != AUTOMATIC for each in known):
        return None
    first, newest = (pick(known, key=lambda each: each.revision) for pick in (min, max))
    ends = [first.period.start + days * DAY for days in GROWTH_DAYS]
    due = [end for end in ends if newest.period.end < end <= until]
    if not due:
        return None
    added = measure(search, of_group(log_group, None, task, Period(newest.period.end, due[-1])), task)
    if pick_overall(judge(newest.quality, added, config.rule())).severity:
        return None
    days = GROWTH_DAYS[ends.index(due[-1])]
    period = Period(first.period.start, due[-1])
    return freeze(search, log_group, task, period, f"first {days} days", config, AUTOMATIC)
