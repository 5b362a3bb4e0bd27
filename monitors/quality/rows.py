"""What is to be known of an actual from now on: how right its prediction was, or why it is not joined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contracts.actuals import State
from monitors.quality.config import Config
from monitors.quality.correctness import Fields, IncomparableError, Reason, compare
from monitors.quality.found_segments import name_value
from monitors.quality.predictions import Prediction, time_in
from monitors.reporting.periods import format_iso

FIRST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=30)
"""An actual whose prediction was not found for so long stays, and is not looked for any more."""
TEXT_CHARACTERS = 500


def joined(
    actual: Mapping[str, Any], prediction: Prediction, config: Config, now: datetime, *, has_several: bool
) -> Fields:
    """Return the fields of an actual whose prediction was found, or why it is refused.

    `has_several` says whether the model gives several labels at once.
    """
    copied = _copy_fields(prediction, config)
    if prediction.has_failed:
        return {"state": State.REFUSED, "reason": Reason.FAILED, **copied}
    try:
        row = compare(actual["actual"], prediction.said, config.tolerance, has_several=has_several)
    except IncomparableError as error:
        return {"state": State.REFUSED, "reason": error.reason, **copied}
    return {"state": State.JOINED, "joined": format_iso(now), **copied, **row, **_text(prediction, row)}


def not_found(actual: Mapping[str, Any], now: datetime, since: datetime | None) -> Fields:
    """Return when it is looked for again. `since` is the time of the oldest prediction that is kept."""
    looks = actual.get("looks", 0) + 1
    first = datetime.fromisoformat(actual.get("first_look", format_iso(now)))
    at_the_latest = time_in(actual["prediction_id"]) or datetime.fromisoformat(actual["@timestamp"])
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


def _copy_fields(prediction: Prediction, config: Config) -> Fields:
    source = prediction.source
    said = prediction.said or {}
    values = ((field, prediction.value(field)) for field in config.segments)
    segments = [f"{field}={_format_value(value)}" for field, value in values if isinstance(value, str | int | float)]
    for field in config.found_segments:
        if field not in config.segments and (part := name_value(field, prediction.value(field))) is not None:
            segments.append(f"{field}={part}")
    return {
        "predicted": prediction.time,
        "@log_group": prediction.log_group,
        **({"model": source["model"]} if isinstance(source.get("model"), dict) else {}),
        "prediction": {name: said[name] for name in ("label", "labels", "score", "value") if name in said},
        **({"segments": segments} if segments else {}),
    }


def _format_value(value: str | float) -> str:
    """Return the value of a field as JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(prediction: Prediction, row: Fields) -> Fields:
    """Return the text of a prediction that was wrong, so that a person sees what it was wrong about."""
    text = prediction.source.get("text")
    if not isinstance(text, str) or row.get("correct") == 1:
        return {}
    return {"text": text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"}
