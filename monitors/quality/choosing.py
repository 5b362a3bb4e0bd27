"""Which predictions an actual is for, where its id names several."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from monitors.quality.correctness import Reason
from monitors.quality.predictions import Prediction


class Which(StrEnum):
    """Which prediction an actual is for, of those that one model made under one id."""

    NEWEST = "newest"
    """The newest one before the truth was known, else the first one after it."""
    OLDEST = "oldest"
    REFUSE = "refuse"


def choose(actual: Mapping[str, Any], candidates: Sequence[Prediction], which: Which) -> list[Prediction] | Reason:
    """Return one prediction of each model that used the id, in the log group that the actual names; or why none.

    `candidates` are sorted by time. Each that is returned says how many the id names of its model.
    """
    named = actual.get("named_log_group")
    if named:
        candidates = [each for each in candidates if each.log_group == named]
    if not candidates:
        return Reason.NOT_FOUND
    if len(candidates) == 1:
        return list(candidates)
    if len({each.log_group for each in candidates}) > 1 and not _is_unique(candidates[0].identity):
        return Reason.AMBIGUOUS
    of_models = [list(each) for _, each in groupby(sorted(candidates, key=_model), _model)]
    if which is Which.REFUSE and any(len(each) > 1 for each in of_models):
        return Reason.SEVERAL
    told = datetime.fromisoformat(actual["@timestamp"])
    return [replace(_of_model(each, told, which), named=len(each)) for each in of_models]


def _of_model(candidates: Sequence[Prediction], told: datetime, which: Which) -> Prediction:
    before = [each for each in candidates if datetime.fromisoformat(each.time) <= told]
    return before[-1] if before and which is Which.NEWEST else candidates[0]


def _model(prediction: Prediction) -> tuple[str, str, str]:
    return prediction.model


def _is_unique(identity: str) -> bool:
    """Return whether two log groups have an id only if both mean one request: nobody else makes the same UUID."""
    try:
        uuid.UUID(identity)
    except ValueError:
        return False
    return True
