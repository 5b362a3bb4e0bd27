"""Answers CloudFormation where a function is a custom resource."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

MOST_REASON = 1000


def answer(event: dict[str, Any], status: str, reason: str) -> None:
    """Tell CloudFormation (user guide, "Custom resource response objects")."""
    body = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")} | {
        "Status": status,
        "Reason": reason[:MOST_REASON],
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=30):
        pass
