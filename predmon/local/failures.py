"""The record that Lambda writes to a bucket after all attempts at an asynchronous event have failed.

Source: the Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any


def failure_record(function_arn: str, event: Any, error: Any, *, invocations: int) -> tuple[str, bytes]:
    """Return the object's key and body for an `event` whose last of so many `invocations` answered `error`."""
    now, name = datetime.now(UTC), function_arn.split(":")[6]
    record = {
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{function_arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": invocations,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": error,
    }
    key = f"aws/lambda/async/{name}/{now:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    return key, json.dumps(record).encode()
