"""Finding predictions by their ids, in all days at once.

The cost depends on how many ids are asked for and how many days are kept, and not on how many predictions there are.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch

from contracts import indices
from monitors.reporting.answers import ask
from monitors.reporting.periods import read_millis

PREDICTIONS = indices.PREDICTIONS.pattern
MOST_HITS = 10_000
"""OpenSearch gives so many in one answer. Where more have these ids, half of the ids are asked for at a time."""
MOST_MODELS = 10_000
FIELDS = ("@timestamp", "@log_group", "prediction", "prediction_id", "model.name", "model.version", "text")
EVENT_ID = re.compile(r"(\d{56})(-\d+)?")
EVENT_ID_TIME_BITS = 144
"""A log event's id begins with its time: that many bits follow (observed; used only to word a reason)."""


Model = tuple[str, str, str]
"""Log group, name and version of a model; an empty text where there is none."""


@dataclass(frozen=True)
class Prediction:
    """A prediction as it is indexed."""

    source: Mapping[str, Any]
    identity: str
    named: int = 1
    """How many predictions of its model have this id."""

    @property
    def model(self) -> Model:
        """The model that made it."""
        found = self.source.get("model")
        model = found if isinstance(found, Mapping) else {}
        return self.log_group, str(model.get("name") or ""), str(model.get("version") or "")

    @property
    def log_group(self) -> str:
        """Where it was logged."""
        return str(self.source.get("@log_group", ""))

    @property
    def time(self) -> str:
        """When it was made, ISO 8601."""
        return str(self.source["@timestamp"])

    @property
    def has_failed(self) -> bool:
        """Whether the request failed, so that there is no prediction in it."""
        return bool((self.source.get("shipper") or {}).get("failed"))

    @property
    def said(self) -> Mapping[str, Any] | None:
        """What was predicted: an object, or None. Before lists had a shape, they were indexed as they were."""
        found = self.source.get("prediction")
        return found if isinstance(found, Mapping) else None

    def value(self, path: str) -> Any:
        """Return the value of a field, given as `customer.country`, or None."""
        found: Any = self.source
        for name in path.removesuffix(".keyword").split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


def find(search: OpenSearch, ids: Sequence[str], segments: Sequence[str] = ()) -> dict[str, list[Prediction]]:
    """Return the predictions with each of these ids, the oldest first; an id without one is left out.

    A prediction's id is its `prediction_id`, or its `_id` where none was logged.
    """
    if not ids:
        return {}
    either = [
        {"ids": {"values": list(ids)}},
        {"terms": {"prediction_id": list(ids)}},
        {"terms": {"prediction_id.keyword": list(ids)}},  # days from before the field had a type of its own
    ]
    body = {
        "size": MOST_HITS,
        "query": {"bool": {"should": either, "minimum_should_match": 1}},
        "track_total_hits": True,
        "_source": [*FIELDS, "shipper.failed", *(each.removesuffix(".keyword") for each in segments)],
    }
    answer = ask(search, PREDICTIONS, body)["hits"]
    if answer["total"]["value"] > MOST_HITS and len(ids) > 1:
        middle = len(ids) // 2
        return find(search, ids[:middle], segments) | find(search, ids[middle:], segments)
    found: dict[str, list[Prediction]] = {}
    wanted = set(ids)
    for hit in sorted(answer["hits"], key=lambda each: (each["_source"]["@timestamp"], each["_id"])):
        source = hit["_source"]
        identity = source.get("prediction_id") or hit["_id"]
        if identity in wanted:
            found.setdefault(identity, []).append(Prediction(source, identity))
    return found


def models_of_several(search: OpenSearch) -> frozenset[Model]:
    """Return the models that gave several labels at once, as far as they are kept."""
    fields = {"log_group": "@log_group.keyword", "name": "model.name.keyword", "version": "model.version.keyword"}
    sources = [{name: {"terms": {"field": field, "missing_bucket": True}}} for name, field in fields.items()]
    either = [{"exists": {"field": field}} for field in ("prediction.labels", "prediction.labels.keyword")]
    body = {
        "size": 0,
        "query": {"bool": {"should": either, "minimum_should_match": 1}},
        "aggs": {"models": {"composite": {"size": MOST_MODELS, "sources": sources}}},
    }
    buckets = ask(search, PREDICTIONS, body).get("aggregations", {}).get("models", {}).get("buckets", ())
    keys = ([each["key"][name] or "" for name in fields] for each in buckets)
    return frozenset((log_group, name, version) for log_group, name, version in keys)


def oldest(search: OpenSearch) -> datetime | None:
    """Return the time of the oldest prediction that is kept, or None without predictions."""
    answer = ask(search, PREDICTIONS, {"size": 0, "aggs": {"oldest": {"min": {"field": "@timestamp"}}}})
    found = answer.get("aggregations", {}).get("oldest", {}).get("value")
    return None if found is None else read_millis(found)


def time_in(identity: str) -> datetime | None:
    """Return the time that an id itself holds: a UUID of version 7 (RFC 9562) does, and a log event's id."""
    if event := EVENT_ID.fullmatch(identity):
        return read_millis(int(event[1]) >> EVENT_ID_TIME_BITS)
    try:
        found = uuid.UUID(identity)
    except ValueError:
        return None
    return read_millis(found.int >> 80) if found.version == 7 else None
