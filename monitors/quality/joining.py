"""The join: what is known of each prediction is copied onto the document of its actual.

It works through the actuals that wait, some at a time. Each is written back under the version it was read with, so
that an actual which came in between is never overwritten. A run that is broken off has lost nothing, and two runs at
once write the same. The cost grows with the actuals that wait, and not with the predictions.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import INDEX, State, copy_identity, identity
from monitors.quality.choosing import Which, choose
from monitors.quality.config import Config
from monitors.quality.correctness import Fields, Reason
from monitors.quality.predictions import Model, Prediction, find, models_of_several, oldest
from monitors.quality.rows import joined, not_found
from monitors.quality.writing import BATCH, Decision, Waiting, action, write
from monitors.reporting.answers import ask
from monitors.reporting.periods import format_iso


@dataclass(frozen=True)
class Join:
    """What one run of the join knows: the domain, the settings, and what holds for all actuals."""

    search: OpenSearch
    config: Config
    now: datetime
    since: datetime | None
    """The time of the oldest prediction that is kept."""
    of_several: frozenset[Model]
    """The models that give several labels at once."""
    which: Which = Which.NEWEST

    @classmethod
    def begin(cls, search: OpenSearch, config: Config, now: datetime, which: Which = Which.NEWEST) -> Join:
        """Return a run that begins now."""
        return cls(search, config, now, oldest(search), models_of_several(search), which)


def join(
    search: OpenSearch, config: Config, now: datetime, until: float, progress: Callable[[int], object] = lambda _: None
) -> Counter[str]:
    """Join what waits, until the `time.monotonic()` moment; return how many actuals got into each state.

    `conflicts` counts those that a newer actual replaced meanwhile; they wait for the next batch. `left` is 1 where
    the time was too short for all. `progress` is told of each batch how many actuals it had.
    """
    done: Counter[str] = Counter()
    run = Join.begin(search, config, now)
    while batch := waiting(search, now):
        if time.monotonic() > until:
            done["left"] = 1
            break
        states = write(search, decide(run, batch))
        done.update(states)
        progress(len(batch))
        if states.keys() <= {"conflicts"}:  # somebody else is at the same documents
            break
    return done


def waiting(search: OpenSearch, now: datetime) -> list[Waiting]:
    """Return some of the actuals that nobody has looked for yet, or that are to be looked for again."""
    again = [{"term": {"state": State.UNKNOWN}}, {"range": {"next_look": {"lte": format_iso(now)}}}]
    either = [{"term": {"state": State.WAITING}}, {"bool": {"filter": again}}]
    body = {"size": BATCH, "version": True, "query": {"bool": {"should": either}}}
    search.indices.refresh(index=INDEX, params={"ignore_unavailable": "true"})
    hits = ask(search, INDEX, body)["hits"]["hits"]
    return [Waiting(hit["_id"], hit["_version"], hit["_source"]) for hit in hits]


def decide(
    run: Join, batch: Sequence[Waiting], predictions: Mapping[str, Sequence[Prediction]] | None = None
) -> list[Decision]:
    """Return what becomes of each actual. `predictions` are those with its ids, where they were found already.

    Nothing is written.
    """
    if predictions is None:
        predictions = find(
            run.search,
            [each.source["prediction_id"] for each in batch],
            [*run.config.segments, *run.config.found_segments],
        )
    found = {
        each.id: choose(each.source, predictions.get(each.source["prediction_id"], []), run.which) for each in batch
    }
    others = _siblings(run.search, batch, found)
    return [_decide(run, each, found[each.id], others.get(each.id)) for each in batch]


def _decide(
    run: Join, actual: Waiting, found: Sequence[Prediction] | Reason, other: Mapping[str, Any] | None
) -> Decision:
    """Return what becomes of an actual. `other` is the one for the same prediction that names its log group or not."""
    if found is Reason.NOT_FOUND:
        return Decision(actual, not_found(actual.source, run.now, run.since))
    if isinstance(found, Reason):
        return Decision(actual, {"state": State.REFUSED, "reason": found})
    first, *further = found
    fields = _fields(run, actual, first)
    beside = list(_copies(run, actual, first, further))
    if other and _rank(other["_version"], other["_source"]) > _rank(actual.version, actual.source):
        return Decision(actual, {"state": State.SUPERSEDED}, first)
    if other and other["_source"]["state"] == State.JOINED:
        beside.append(action(other["_id"], other["_version"], other["_source"], {"state": State.SUPERSEDED}))
    return Decision(actual, fields, first, tuple(beside))


def _fields(run: Join, actual: Waiting, prediction: Prediction) -> Fields:
    fields = joined(actual.source, prediction, run.config, run.now, has_several=prediction.model in run.of_several)
    return fields | ({"named_predictions": prediction.named} if prediction.named > 1 else {})


def _copies(run: Join, actual: Waiting, first: Prediction, further: Sequence[Prediction]) -> Iterator[dict[str, Any]]:
    """Yield the actions that give the truth to each further model that made a prediction with this id."""
    for each in further:
        id = copy_identity(each.identity, *each.model)
        yield action(id, actual.version, actual.source, _fields(run, actual, each))
    if further:  # another model came first when an earlier actual was joined
        yield {"_op_type": "delete", "_index": INDEX, "_id": copy_identity(first.identity, *first.model)}


def _siblings(
    search: OpenSearch, batch: Sequence[Waiting], found: Mapping[str, Sequence[Prediction] | Reason]
) -> dict[str, dict[str, Any]]:
    """Return, by the id of an actual, the other actual for the same prediction, where there is one.

    One of the two names the log group of the prediction and the other names none.
    """
    wanted = {}
    for each in batch:
        predictions = found[each.id]
        if not isinstance(predictions, Reason):
            group = "" if each.source.get("named_log_group") else predictions[0].log_group
            wanted[each.id] = identity(predictions[0].identity, group)
    there = stored(search, list(wanted.values()))
    return {id: there[other] for id, other in wanted.items() if other in there}


def stored(search: OpenSearch, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the actuals with these ids that are stored, as they are at this moment."""
    if not ids:
        return {}
    answer = search.mget(index=INDEX, body={"ids": list(ids)})["docs"]
    return {each["_id"]: each for each in answer if each.get("found")}


def _rank(version: int, source: Mapping[str, Any]) -> tuple[int, bool]:
    """Return which of two actuals for one prediction counts: the newer one, else the one that names the log group."""
    return version, "named_log_group" in source
