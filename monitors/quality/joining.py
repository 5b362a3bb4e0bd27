"""The join: what is known of each prediction is copied onto the document of its actual.

It works through the actuals that wait, some at a time. Each is written back under the version it was read with, so
that an actual which came in between is never overwritten. A run that is broken off has lost nothing, and two runs at
once write the same. The cost grows with the actuals that wait, and not with the predictions.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from contracts.actuals import INDEX, State, identity
from monitors.quality.config import Config
from monitors.quality.correctness import Fields, IncomparableError, Reason, compare
from monitors.quality.predictions import Prediction, find, oldest, time_in
from monitors.reporting.answers import ask
from monitors.reporting.periods import format_iso

BATCH = 2000
FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=30)
"""An actual whose prediction was not found for so long stays, and is not looked for any more."""
TEXT_CHARACTERS = 500
CONFLICT, MALFORMED = 409, 400
OF_THE_ACTUAL = ("@timestamp", "prediction_id", "named_log_group", "actual", "source")


@dataclass(frozen=True)
class Waiting:
    """An actual as it was read."""

    id: str
    version: int
    source: Mapping[str, Any]


def join(
    search: OpenSearch, config: Config, now: datetime, until: float, progress: Callable[[int], object] = lambda _: None
) -> Counter[str]:
    """Join what waits, until the `time.monotonic()` moment; return how many actuals got into each state.

    `conflicts` counts those that a newer actual replaced meanwhile; they wait for the next batch. `left` is 1 where
    the time was too short for all. `progress` is told of each batch how many actuals it had.
    """
    done: Counter[str] = Counter()
    since = oldest(search)
    while batch := waiting(search, now):
        if time.monotonic() > until:
            done["left"] = 1
            break
        states = _join_batch(search, batch, config, now, since)
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


def _join_batch(
    search: OpenSearch, batch: Sequence[Waiting], config: Config, now: datetime, since: datetime | None
) -> Counter[str]:
    predictions = find(search, [each.source["prediction_id"] for each in batch], config.segments)
    found = {each.id: _chosen(each, predictions.get(each.source["prediction_id"], [])) for each in batch}
    others = _siblings(search, batch, found)
    documents = []
    for each in batch:
        fields = _joined(each, found[each.id], config, now, since)
        if other := others.get(each.id):
            if _rank(other["_version"], other["_source"]) > _rank(each.version, each.source):
                fields = {"state": State.SUPERSEDED}
            elif other["_source"]["state"] == State.JOINED:
                superseded = {"state": State.SUPERSEDED}
                documents.append(_action(other["_id"], other["_version"], other["_source"], superseded))
        documents.append(_action(each.id, each.version, each.source, fields))
    states, refused = _write(search, documents)
    # Whatever is odd about one prediction must not keep all other actuals from being joined, now and in each later run.
    again, stuck = _write(search, [_without_prediction(each) for each in refused])
    if stuck:
        raise helpers.BulkIndexError(f"{len(stuck)} actuals could not be written", stuck)
    return states + again


def _chosen(actual: Waiting, candidates: Sequence[Prediction]) -> Prediction | Reason:
    """Return the prediction that is meant: the oldest one with this id, in the log group that the actual names."""
    named = actual.source.get("named_log_group")
    if named:
        candidates = [each for each in candidates if each.log_group == named]
    if not candidates:
        return Reason.NOT_FOUND
    if len({each.log_group for each in candidates}) > 1:
        return Reason.AMBIGUOUS
    return candidates[0]


def _siblings(
    search: OpenSearch, batch: Sequence[Waiting], found: Mapping[str, Prediction | Reason]
) -> dict[str, dict[str, Any]]:
    """Return, by the id of an actual, the other actual for the same prediction, where there is one.

    One of the two names the log group of the prediction and the other names none.
    """
    wanted = {}
    for each in batch:
        prediction = found[each.id]
        if isinstance(prediction, Prediction):
            group = "" if each.source.get("named_log_group") else prediction.log_group
            wanted[each.id] = identity(prediction.identity, group)
    if not wanted:
        return {}
    answer = search.mget(index=INDEX, body={"ids": list(wanted.values())})["docs"]
    there = {each["_id"]: each for each in answer if each.get("found")}
    return {id: there[other] for id, other in wanted.items() if other in there}


def _rank(version: int, source: Mapping[str, Any]) -> tuple[int, bool]:
    """Return which of two actuals for one prediction counts: the newer one, else the one that names the log group."""
    return version, "named_log_group" in source


def _joined(
    actual: Waiting, prediction: Prediction | Reason, config: Config, now: datetime, since: datetime | None
) -> Fields:
    """Return what is to be known of an actual from now on."""
    if prediction is Reason.AMBIGUOUS:
        return {"state": State.REFUSED, "reason": Reason.AMBIGUOUS}
    if not isinstance(prediction, Prediction):
        return _not_found(actual, now, since)
    copied = _copied(prediction, config)
    if prediction.has_failed:
        return {"state": State.REFUSED, "reason": Reason.FAILED, **copied}
    try:
        row = compare(actual.source["actual"], prediction.said, config.tolerance)
    except IncomparableError as error:
        return {"state": State.REFUSED, "reason": error.reason, **copied}
    return {"state": State.JOINED, "joined": format_iso(now), **copied, **row, **_text(prediction, row)}


def _not_found(actual: Waiting, now: datetime, since: datetime | None) -> Fields:
    looks = actual.source.get("looks", 0) + 1
    first = datetime.fromisoformat(actual.source.get("first_look", format_iso(now)))
    at_the_latest = time_in(actual.source["prediction_id"]) or datetime.fromisoformat(actual.source["@timestamp"])
    is_deleted = since is not None and at_the_latest < since
    fields: Fields = {
        "state": State.UNKNOWN,
        "reason": Reason.DELETED if is_deleted else Reason.NOT_FOUND,
        "looks": looks,
        "first_look": format_iso(first),
    }
    if now - first < GIVE_UP_AFTER:
        fields["next_look"] = format_iso(now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(looks - 1, 10)))
    return fields


def _copied(prediction: Prediction, config: Config) -> Fields:
    source = prediction.source
    said = prediction.said or {}
    values = ((field, prediction.value(field)) for field in config.segments)
    segments = [f"{field}={_written(value)}" for field, value in values if isinstance(value, str | int | float)]
    return {
        "predicted": prediction.time,
        "@log_group": prediction.log_group,
        **({"model": source["model"]} if isinstance(source.get("model"), dict) else {}),
        "prediction": {name: said[name] for name in ("label", "labels", "score", "value") if name in said},
        **({"segments": segments} if segments else {}),
    }


def _written(value: str | float) -> str:
    """Return the value of a field as JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(prediction: Prediction, row: Fields) -> Fields:
    """Return the text of a prediction that was wrong, so that a person sees what it was wrong about."""
    text = prediction.source.get("text")
    if not isinstance(text, str) or row.get("correct") == 1:
        return {}
    return {"text": text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"}


def _action(id: str, version: int, source: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the action that writes an actual back under its own version; a newer one in its place stays."""
    kept = {name: source[name] for name in OF_THE_ACTUAL if name in source}
    return {
        "_op_type": "index",
        "_index": INDEX,
        "_id": id,
        "version": version,
        "version_type": "external_gte",
        "_source": kept | fields,
    }


def _without_prediction(action: dict[str, Any]) -> dict[str, Any]:
    """Return the action that keeps an actual, where OpenSearch refused what was copied beside it."""
    kept = {name: action["_source"][name] for name in OF_THE_ACTUAL if name in action["_source"]}
    return action | {"_source": kept | {"state": State.REFUSED, "reason": Reason.NOT_STORED}}


def _write(search: OpenSearch, documents: Sequence[dict[str, Any]]) -> tuple[Counter[str], list[dict[str, Any]]]:
    """Write; return how many got into each state, and the actions that OpenSearch refused as malformed.

    Raises BulkIndexError where one is refused for another reason.
    """
    states: Counter[str] = Counter()
    refused, errors = [], []
    results = helpers.streaming_bulk(search, documents, raise_on_error=False, max_retries=3, chunk_size=BATCH)
    by_id = {each["_id"]: each for each in documents}  # what is tried again comes later
    for is_written, result in results:
        document = by_id[result["index"]["_id"]]
        if is_written:
            states[document["_source"]["state"]] += 1
        elif result["index"]["status"] == CONFLICT:
            states["conflicts"] += 1
        elif result["index"]["status"] == MALFORMED:
            refused.append(document)
        else:
            errors.append(result)
    if errors:
        raise helpers.BulkIndexError(f"{len(errors)} actuals could not be written", errors)
    return states, refused
