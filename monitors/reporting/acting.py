"""When to act on an incident: confirmed by two looks, on enough predictions, once, and not soon after another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from monitors.reporting.answers import ask
from monitors.reporting.events import make_entry, send
from monitors.reporting.periods import Group, format_iso

DETAIL_TYPE = "PredictionAction"
"""What the event is called that the acting function listens to."""
ROLLBACK = "rollback"
LONGEST_INCIDENT = timedelta(days=30)


@dataclass(frozen=True)
class Incident:
    """What is bad, and since when. `cause` is `drift` or `worse`, `explanation` the run's sentence."""

    cause: str
    group: Group
    since: datetime
    moment: datetime
    explanation: str

    @property
    def identity(self) -> str:
        """The same for the same incident at any look, so that nothing is done for it twice."""
        key = [self.cause, self.group.log_group, self.group.model_version, format_iso(self.since)]
        return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Acting:
    """What a deployment wants done, and where that is noted."""

    what: str
    """An ARN, or `rollback`."""
    dry_run: bool
    cool_down: timedelta
    pattern: str
    """The indices of the reports."""
    deployment: str
    """Whose acting function is meant; several deployments of an account share its bus."""
    index: str
    """The name of the index for a moment, in the letters of `strftime`."""


def act(search: OpenSearch, events: Any, incident: Incident, acting: Acting) -> bool:
    """Ask for the action, unless it was asked for, or the log group had another within the cool-down.

    The note is written first, and taken back where the event is refused: rather not at all than twice.
    """
    if _has_acted_since(search, incident, acting):
        return False
    head = {
        "@timestamp": format_iso(incident.moment),
        "log_group": incident.group.log_group,
        "model": {"version": incident.group.model_version},
        "since": format_iso(incident.since),
        "words": incident.explanation,
    }
    name = {"name": acting.what, "cause": incident.cause, "state": "dry run" if acting.dry_run else "asked"}
    place = {"_index": f"{incident.since:{acting.index}}", "_id": incident.identity}
    note = {"_op_type": "create", **place, "_source": {**head, "kind": "action", "action": name}}
    written, _ = helpers.bulk(search, [note], refresh=True, raise_on_error=False)
    if not written:
        return False
    detail = {**head, "action": incident.identity, "cause": incident.cause, "dry_run": acting.dry_run}
    detail["deployment"] = acting.deployment
    try:
        send(events, make_entry(DETAIL_TYPE, detail, ""))
    except Exception:  # whatever it is, nothing was asked for: the next run must be free to ask, and the error goes on
        helpers.bulk(search, [{"_op_type": "delete", **place}], refresh=True)
        raise
    return True


def find_since(
    search: OpenSearch, pattern: str, group: Group, said: Mapping[str, str], quiet: Sequence[str], now: datetime
) -> datetime | None:
    """Return the moment of the first look that said the same of a group, without a quiet one since; None if this is it.

    Args:
        search: the domain.
        pattern: the indices of the reports.
        group: whose looks.
        said: the field that holds the verdict, and what it says.
        quiet: the verdicts that end an incident.
        now: the moment of the look that asks.
    """
    of_group = [{"term": {"kind": "run"}}, {"term": {"log_group": group.log_group}}]
    of_group.append({"term": {"model.version": group.model_version}})
    (field,) = said

    def find(filters: Sequence[Mapping[str, Any]], order: str, after: datetime) -> datetime | None:
        times = {"range": {"@timestamp": {"gt": format_iso(after), "lt": format_iso(now)}}}
        query = {"bool": {"filter": [*of_group, times, *filters]}}
        body = {"size": 1, "query": query, "sort": [{"@timestamp": order}]}
        for hit in ask(search, pattern, body)["hits"]["hits"]:
            return datetime.fromisoformat(hit["_source"]["@timestamp"])
        return None

    earliest = now - LONGEST_INCIDENT
    calm = find([{"terms": {field: list(quiet)}}], "desc", earliest)
    return find([{"term": dict(said)}], "asc", calm or earliest)


def _has_acted_since(search: OpenSearch, incident: Incident, acting: Acting) -> bool:
    earliest = min(incident.since, incident.moment - acting.cool_down)
    must = [
        {"term": {"kind": "action"}},
        {"term": {"log_group": incident.group.log_group}},
        {"range": {"@timestamp": {"gte": format_iso(earliest), "lte": format_iso(incident.moment)}}},
    ]
    return bool(ask(search, acting.pattern, {"size": 1, "query": {"bool": {"filter": must}}})["hits"]["hits"])
