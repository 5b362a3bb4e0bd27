"""Reference windows: frozen once, named, numbered, and never changed afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError

from drift_lambda.config import Config
from drift_lambda.counting import Window, count, find_edges, first_predictions, watched
from drift_lambda.distribution import Distribution
from drift_lambda.searching import Group, Period, iso
from drift_lambda.words import counted

INDEX = "prediction-reference"
"""Not under `drift-*`: references are no reports, and must outlive them."""


class ReferenceRefusedError(ValueError):
    """No reference can be made of this period; the message says why."""


@dataclass(frozen=True)
class Reference:
    """What is normal for a group, until a newer revision is frozen."""

    name: str
    revision: int
    group: Group
    window: Window

    def to_json(self) -> dict[str, Any]:
        """The stored document; signals are a list, so that no label becomes a field of the index."""
        signals = [{"signal": name, **each.to_json()} for name, each in self.window.signals.items()]
        return {
            "name": self.name,
            "revision": self.revision,
            "frozen": iso(datetime.now(UTC)),
            "log_group": self.group.log_group,
            "model": {"version": self.group.model_version},
            "from": iso(self.window.period.start),
            "to": iso(self.window.period.end),
            "predictions": self.window.predictions,
            "signals": signals,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reference:
        """The inverse of `to_json`."""
        period = Period(datetime.fromisoformat(stored["from"]), datetime.fromisoformat(stored["to"]))
        signals = {each["signal"]: Distribution.from_json(each) for each in stored["signals"]}
        group = Group(stored["log_group"], stored["model"]["version"])
        return cls(stored["name"], stored["revision"], group, Window(period, stored["predictions"], signals))


def references(search: OpenSearch, log_group: str) -> list[Reference]:
    """The newest revision for each model version of a log group, the version frozen last first."""
    body = {
        "size": 1000,
        "query": {"term": {"log_group": log_group}},
        "sort": [{"frozen": "desc"}, {"revision": "desc"}],
    }
    try:
        search.indices.refresh(index=INDEX)
        found = search.search(index=INDEX, body=body, allow_partial_search_results=False)["hits"]["hits"]
    except NotFoundError:
        return []
    newest: dict[Group, Reference] = {}
    for hit in found:
        reference = Reference.from_json(hit["_source"])
        kept = newest.setdefault(reference.group, reference)
        if reference.revision > kept.revision:
            newest[reference.group] = reference
    return list(newest.values())


def freeze(search: OpenSearch, group: Group, period: Period, name: str, config: Config) -> Reference:
    """Count a period of a group's predictions and store it as the next revision of its reference.

    Raises ReferenceRefusedError where the period holds fewer predictions than the minimum. Two runs that freeze the
    same revision at once get the same one: the first that is stored.
    """
    edges = find_edges(search, group, period, config)
    window = count(search, group, period, watched(config), edges)
    if window.predictions < config.minimum:
        raise ReferenceRefusedError(
            f"{counted(window.predictions, 'prediction')} of {group} from {iso(period.start)} to {iso(period.end)}; "
            f"a reference needs {config.minimum}"
        )
    known = [each.revision for each in references(search, group.log_group) if each.group == group]
    reference = Reference(name, max(known, default=0) + 1, group, window)
    identity = hashlib.sha256(json.dumps([group.log_group, group.model_version, reference.revision]).encode())
    try:
        search.create(index=INDEX, id=identity.hexdigest(), body=reference.to_json(), refresh=True)
    except ConflictError:
        stored = search.get(index=INDEX, id=identity.hexdigest())["_source"]
        return Reference.from_json(stored)
    return reference


def freeze_first(search: OpenSearch, group: Group, config: Config) -> tuple[Reference | None, int]:
    """Freeze a group's first `reference_size` predictions, or tell how many there are so far."""
    found, period = first_predictions(search, group, config.reference_size)
    if period is None:
        return None, found
    return freeze(search, group, period, f"first {config.reference_size:,}", config), found
