"""Answers CloudFormation where a function is a custom resource."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

MOST_REASON = 1000


@dataclass
class Step:
    """One step of CloudFormation. `problem` says why it failed; empty where it succeeded."""

    problem: str = ""


@contextmanager
def answering(event: dict[str, Any]) -> Iterator[Step]:
    """Answer CloudFormation when the block ends, whatever happened: it waits for an hour otherwise."""
    step = Step()
    try:
        yield step
    except Exception as error:  # whatever it is becomes CloudFormation's reason, and goes on
        _send(event, str(error) or type(error).__name__)
        raise
    _send(event, step.problem)


def _send(event: dict[str, Any], problem: str) -> None:
    """Send the answer (CloudFormation user guide, "Custom resource response objects")."""
    body = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")} | {
        "Status": "FAILED" if problem else "SUCCESS",
        "Reason": problem[:MOST_REASON],
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=30):
        pass
