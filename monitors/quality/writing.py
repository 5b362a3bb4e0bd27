"""Writing actuals back: each under the version it was read with, so that a newer one in its place stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opensearchpy import OpenSearch, helpers

from contracts.actuals import INDEX, State
from monitors.quality.correctness import Fields, Reason
from monitors.quality.predictions import Prediction

BATCH = 2000
NOT_FOUND, CONFLICT, MALFORMED = 404, 409, 400
OF_THE_ACTUAL = ("@timestamp", "prediction_id", "named_log_group", "actual", "source")


@dataclass(frozen=True)
class Waiting:
    """An actual as it was read."""

    id: str
    version: int
    source: Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """What becomes of an actual, and what is written beside it."""

    actual: Waiting
    fields: Fields
    prediction: Prediction | None = None
    beside: tuple[dict[str, Any], ...] = field(default=())
    """The actions for its copies, and for the other actual of the same prediction."""


def action(id: str, version: int, source: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
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


def write(search: OpenSearch, decisions: Iterable[Decision]) -> Counter[str]:
    """Write what was decided; return how many actuals got into each state.

    What OpenSearch refuses of a prediction is left out and said. Raises BulkIndexError where that is refused, too.
    """
    documents = []
    for each in decisions:
        documents += [*each.beside, action(each.actual.id, each.actual.version, each.actual.source, each.fields)]
    states, refused = _write(search, documents)
    # Whatever is odd about one prediction must not keep all other actuals from being joined, now and in each later run.
    again, stuck = _write(search, [_without_prediction(each) for each in refused])
    if stuck:
        raise helpers.BulkIndexError(f"{len(stuck)} actuals could not be written", stuck)
    return states + again


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
    by_id = {each["_id"]: each for each in documents}  # what is tried again comes later
    results = helpers.streaming_bulk(
        search, [dict(each) for each in documents], raise_on_error=False, max_retries=3, chunk_size=BATCH
    )
    for is_written, result in results:
        ((operation, item),) = result.items()
        document = by_id[item["_id"]]
        if operation == "delete":
            if not is_written and item["status"] not in (NOT_FOUND, CONFLICT):
                errors.append(result)
        elif is_written:
            states[document["_source"]["state"]] += 1
        elif item["status"] == CONFLICT:
            states["conflicts"] += 1
        elif item["status"] == MALFORMED:
            refused.append(document)
        else:
            errors.append(result)
    if errors:
        raise helpers.BulkIndexError(f"{len(errors)} actuals could not be written", errors)
    return states, refused
