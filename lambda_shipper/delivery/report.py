"""What an invocation says of itself: one JSON line of counts, which CloudWatch also reads as metrics.

The line is in the embedded metric format (`_aws`, see the CloudWatch user guide), so metrics cost no API call. It holds
counts, sizes and times; never any log text.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from lambda_shipper.delivery.outcome import COUNTS, DETAILS, FAILED, Outcome
from lambda_shipper.errors import ShipperError

NAMESPACE = "PredictionMonitoring"
OWN_LINES = "own_lines_dropped"
"""What the line on dropped events says. A metric filter counts it: the embedded format would name the function."""
METRICS = {
    "events": "Count",
    "indexed": "Count",
    "ignored": "Count",
    "kept_raw": "Count",
    "actuals": "Count",
    "failed": "Count",
    "rejected": "Count",
    "left_out": "Count",
    "failed_predictions": "Count",
    "retries": "Count",
    "sent_bytes": "Bytes",
    "bulk_ms": "Milliseconds",
    "lag_ms": "Milliseconds",
}


class ShippingError(ShipperError):
    """Some predictions of the batch are not safe yet. Delivering the batch again is correct: every `_id` is fixed."""

    def __init__(self, *, failed: int, outcome: Outcome) -> None:
        """`failed` counts the predictions that are neither indexed nor in the failure bucket."""
        self.failed = failed
        self.outcome = outcome
        super().__init__(
            f"{failed} predictions were not delivered to OpenSearch ({outcome.failure}); "
            f"{outcome.indexed} indexed, {outcome.kept_raw} kept raw, {outcome.retries} retries"
        )


def counts(outcome: Outcome) -> dict[str, int]:
    """Return the counts, and how many of the failed lie safe under `rejected/`."""
    return _counts(outcome, outcome.totals())


def _counts(outcome: Outcome, totals: Mapping[str, int]) -> dict[str, int]:
    return {name: totals[name] for name in COUNTS} | {"rejected": outcome.stored}


def groups(outcome: Outcome) -> dict[str, dict[str, int]]:
    """Return each log group's counts that are not zero, and the time of its newest prediction (ms since 1970)."""
    found = {log_group: dict(counted) for log_group, counted in outcome.groups.items()}
    for log_group, moment in outcome.newest.items():
        found[log_group]["newest"] = moment
    return found


def report(outcome: Outcome, function_name: str, batch: str = "") -> dict[str, int]:
    """Print the line and return the counts; raises `ShippingError` if anything is neither indexed nor stored.

    `lag_ms` is how long ago the oldest prediction of the batch was logged. `batch` tells which batch it was, the same
    for each attempt at it.
    """
    totals = outcome.totals()
    result = _counts(outcome, totals)
    if outcome.own_lines:
        # The subscription's pattern matches no such line, or the next batch would be made of this one.
        print(orjson.dumps({OWN_LINES: outcome.own_lines}).decode(), flush=True)
        if not outcome.groups:
            return result
    values: dict[str, Any] = {
        "requests": outcome.requests,
        "failure": str(outcome.failure or ""),
        "groups": groups(outcome),
        **({"batch": batch} if batch else {}),
        **result,
        **{name: totals[name] for name in DETAILS},
        "retries": outcome.retries,
        "sent_bytes": outcome.sent_bytes,
        "bulk_ms": round(outcome.bulk_seconds * 1000),
    }
    if outcome.oldest_timestamp is not None:
        values["lag_ms"] = max(0, time.time_ns() // 1_000_000 - outcome.oldest_timestamp)
    print(metrics_line(function_name, METRICS, values), flush=True)
    unsafe = result[FAILED] - outcome.stored
    if unsafe:
        raise ShippingError(failed=unsafe, outcome=outcome)
    return result


def metrics_line(function_name: str, units: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Return one line of JSON with the values; those that have a unit are metrics of the function too."""
    directive = _directive(tuple([each for each in units.items() if each[0] in values]))
    header = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    return orjson.dumps({"_aws": header, "function": function_name, **values}).decode()


@lru_cache(maxsize=4)
def _directive(metrics: tuple[tuple[str, str], ...]) -> orjson.Fragment:
    """Return what tells CloudWatch which values are metrics, from their names and units."""
    named = [{"Name": name, "Unit": unit} for name, unit in metrics]
    return orjson.Fragment(orjson.dumps({"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": named}))
