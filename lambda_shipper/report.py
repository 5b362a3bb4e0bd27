"""What an invocation says of itself: one JSON line of counts, which CloudWatch also reads as metrics.

The line is in the embedded metric format (`_aws`, see the CloudWatch user guide), so metrics cost no API call. It holds
counts, sizes and times; never any log text.
"""

from __future__ import annotations

import time

import orjson

from lambda_shipper.bulk import Outcome
from lambda_shipper.errors import ShippingError

NAMESPACE = "PredictionMonitoring"
METRICS = {
    "events": "Count",
    "indexed": "Count",
    "ignored": "Count",
    "kept_raw": "Count",
    "failed": "Count",
    "rejected": "Count",
    "retries": "Count",
    "sent_bytes": "Bytes",
    "bulk_ms": "Milliseconds",
    "lag_ms": "Milliseconds",
}


def counts(outcome: Outcome, ignored: int) -> dict[str, int]:
    """Give the four counts, that add up to `events`, and how many of the failed lie safe under `rejected/`."""
    return {
        "events": outcome.indexed + ignored + outcome.kept_raw + outcome.failed,
        "indexed": outcome.indexed,
        "ignored": ignored,
        "kept_raw": outcome.kept_raw,
        "failed": outcome.failed,
        "rejected": len(outcome.rejected),
    }


def report(outcome: Outcome, ignored: int, function_name: str) -> dict[str, int]:
    """Print the line and give the counts; raises `ShippingError` if anything is neither indexed nor stored.

    `lag_ms` is how long ago the oldest prediction of the batch was logged.
    """
    result = counts(outcome, ignored)
    print(line(outcome, result, function_name, now_ms=time.time_ns() // 1_000_000), flush=True)
    unsafe = outcome.failed - len(outcome.rejected)
    if unsafe:
        raise ShippingError(failed=unsafe, outcome=outcome)
    return result


def line(outcome: Outcome, result: dict[str, int], function_name: str, *, now_ms: int) -> str:
    """Give the log line: the counts, the costs, and the metric directive over them."""
    values: dict[str, object] = {
        **result,
        "retries": outcome.retries,
        "sent_bytes": outcome.sent_bytes,
        "bulk_ms": round(outcome.bulk_seconds * 1000),
    }
    if outcome.oldest_timestamp is not None:
        values["lag_ms"] = max(0, now_ms - outcome.oldest_timestamp)
    metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": metrics}
    return orjson.dumps(
        {
            "_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]},
            "function": function_name,
            "requests": outcome.requests,
            "failure": outcome.failure,
            **values,
        }
    ).decode()
