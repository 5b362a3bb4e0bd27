"""Actuals in log lines: what a prediction should have been, logged later or together with it.

    {"prediction": {"id": "…"}, "actual": {"label": "spam"}}            an actual for a prediction logged before
    {"prediction": {"label": "spam", "score": 0.9}, "actual": "ham"}    a prediction that brings its truth

The value is read as a prediction's is: `label`, `labels` or `value`, or bare. An actual is for predictions of its own
log group: whoever can write into one must not change what is known of another. In a log group of the setting
`actuals_log_groups` it is for all, or for the one that `actual.log_group` names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from contracts import actuals
from contracts.labels import shortened
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.decoding import LogEvent
from lambda_shipper.reading.options import Options
from lambda_shipper.reading.shapes import holds_something, shape

KEY = "actual"
REASON = "bad_actual"
OTHERS = "the setting actuals_log_groups says who may"
KEPT = ("label", "labels", "value")
EXACT = 2**53
"""Below it a float is one whole number."""


class Truth(NamedTuple):
    """What a prediction should have been."""

    actual: dict[str, Any]
    """`label`, `labels` or `value`."""
    log_group: str
    """The one whose predictions it is for; an empty text for all."""


def is_alone(logged: dict[str, Any]) -> bool:
    """Return whether this is an actual and no prediction: `prediction` holds nothing but the id, beside `actual`."""
    return logged.get(KEY) is not None and identity_alone(logged) is not None


def identity_alone(logged: dict[str, Any]) -> Any:
    """Return the id that is all that `prediction` holds, or None."""
    said = logged.get("prediction")
    given = {key: value for key, value in said.items() if value is not None} if isinstance(said, dict) else {}
    return next(iter(given.values())) if len(given) == 1 and given.keys() <= {"id", "prediction_id"} else None


def lines_of_actual(logged: dict[str, Any], event: LogEvent, log_group: str, options: Options) -> bytes:
    """Return the two lines of a bulk request for an actual that stands alone; raises `UnknownShapeError`."""
    said = identity_alone(logged)
    if isinstance(said, float) and said.is_integer() and abs(said) < EXACT:
        said = int(said)  # 12345.0 can only be 12345
    if isinstance(said, bool) or not isinstance(said, str | int) or said == "":
        raise UnknownShapeError("prediction.id is neither a text nor a whole number", REASON)
    return action_lines(shortened(str(said)), _truth(logged[KEY], options, log_group), event, log_group)


def brought_truth(logged: dict[str, Any], log_group: str, options: Options) -> Truth | None:
    """Return the truth that a prediction brings, or None if it has no `actual` that can be read."""
    try:
        return None if logged.get(KEY) is None else _truth(logged[KEY], options, log_group)
    except UnknownShapeError:
        return None


def find_logged_identity(lines: bytes) -> str | None:
    """Return the `prediction_id` in a prediction's two lines, or None."""
    found: str | None = orjson.loads(lines.partition(b"\n")[2]).get("prediction_id")
    return found


def action_lines(identity: str, truth: Truth, event: LogEvent, source: str) -> bytes:
    """Return the two lines of a bulk request that store an actual, unless a newer one is there."""
    moment, (actual, log_group) = event["timestamp"], truth
    head = actuals.action(identity, actual, moment, log_group)
    document = actuals.document(identity, actual, moment, source=source, log_group=log_group)
    return orjson.dumps(head, None, orjson.OPT_APPEND_NEWLINE) + orjson.dumps(document, None, orjson.OPT_APPEND_NEWLINE)


def _truth(told: Any, options: Options, own_group: str) -> Truth:
    """Return what an actual says, for predictions of its own log group unless the settings let it speak for others."""
    named = told.get("log_group") if isinstance(told, dict) else None
    group = named if isinstance(named, str) else ""
    if not options.may_tell_others:
        if group not in ("", own_group):
            raise UnknownShapeError(f"the actual names another log group than its own; {OTHERS}", REASON)
        group = own_group
    fields, _ = shape(told, options)
    kept = {name: fields[name] for name in KEPT if fields.get(name) is not None}
    if not holds_something(kept):
        raise UnknownShapeError("the actual has neither label nor value", REASON)
    return Truth(kept, group)
