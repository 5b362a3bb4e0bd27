"""An actual: what a prediction should have been, as a document on its way to its prediction.

Whoever writes actuals (the shipper, a command) and whoever joins them (the quality function) agree on this. The package
imports only the standard library and `contracts.indices`, and each function's bundle carries a copy of both.

There is one document for each prediction id, or one for each log group that actuals name beside it. Its version is
made of the time of the actual, and OpenSearch takes a document only in place of an older version. So actuals may come
in any order and any number of times.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from contracts.indices import ACTUALS

INDEX = ACTUALS.name
TIE_BITS = 20
"""Bits of a version below the milliseconds. They decide between different actuals of one millisecond, always alike."""


class State(StrEnum):
    """What has become of an actual."""

    WAITING = "waiting"
    """Nobody has looked for its prediction yet."""
    JOINED = "joined"
    UNKNOWN = "unknown"
    """No prediction has this id, so far. It is looked for again."""
    REFUSED = "refused"
    """It cannot be used; `reason` says why."""
    SUPERSEDED = "superseded"
    """A newer actual for the same prediction counts. One of the two names the log group."""


def identity(prediction_id: str, log_group: str = "") -> str:
    """Return the `_id` of the actual for a prediction; `log_group` only where the actual itself names it."""
    return hashlib.sha256(json.dumps([prediction_id, log_group]).encode()).hexdigest()[:40]


def copy_identity(prediction_id: str, log_group: str, model_name: str, model_version: str) -> str:
    """Return the `_id` of the copy for a further model that made a prediction with the same id."""
    key = json.dumps([prediction_id, log_group, model_name, model_version])
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def version(milliseconds: int, actual: Mapping[str, Any]) -> int:
    """Return the external version of an actual of this time (ms since 1970)."""
    digest = hashlib.sha256(json.dumps(actual, sort_keys=True).encode()).digest()
    return milliseconds << TIE_BITS | int.from_bytes(digest, "big") >> (256 - TIE_BITS)


def are_of_one_time(one: int, other: int) -> bool:
    """Return whether two versions are of different actuals of the same millisecond."""
    return one != other and one >> TIE_BITS == other >> TIE_BITS


def document(
    prediction_id: str, actual: Mapping[str, Any], milliseconds: int, *, source: str, log_group: str = ""
) -> dict[str, Any]:
    """Return the document of an actual that waits for its prediction.

    `actual` holds `label`, `labels` or `value`. `source` says where it came from: a log group, or a file.
    """
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return {
        "@timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "prediction_id": prediction_id,
        **({"named_log_group": log_group} if log_group else {}),
        "actual": dict(actual),
        "source": source,
        "state": State.WAITING,
    }


def action(prediction_id: str, actual: Mapping[str, Any], milliseconds: int, log_group: str = "") -> dict[str, Any]:
    """Return the bulk action that goes before the document."""
    return {
        "index": {
            "_index": INDEX,
            "_id": identity(prediction_id, log_group),
            "version": version(milliseconds, actual),
            "version_type": "external",
        }
    }
