"""Batches that the shipper could not deliver yet, and that Lambda gives it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from predmon.commands.cloud.logs import log_events, read_report
from predmon.commands.deployment.target import Target

LONGEST_MS = 10 * 60 * 1000
"""Lambda tries again after one minute and after two. Each attempt takes the shipper's time-out at most."""
ATTEMPTS = 3
"""After so many, Lambda writes the batch into the failure bucket."""


@dataclass(frozen=True)
class Retries:
    """How many batches will be tried again, and how many of their predictions are not delivered yet."""

    batches: int = 0
    predictions: int = 0


def retries_under_way(target: Target, now_ms: int) -> Retries:
    """Return what the shipper's newest reports say is not delivered yet, and will be tried again.

    A stream (`transport=kinesis`) holds back what comes after a failed batch, so nothing is counted there.
    """
    events = log_events(target, "shipper", now_ms - LONGEST_MS, "kept_raw")
    return count_retries(read_report(event["message"]) for event in events)


def count_retries(reports: Iterable[dict[str, Any]]) -> Retries:
    """Count the batches whose newest report is a failure with attempts left. The reports come oldest first."""
    newest: dict[str, int] = {}
    attempts: dict[str, int] = {}
    for report in reports:
        if batch := report.get("batch"):
            newest[batch] = report["failed"] - report["rejected"]
            attempts[batch] = attempts.get(batch, 0) + 1
    left = [failed for batch, failed in newest.items() if failed and attempts[batch] < ATTEMPTS]
    return Retries(len(left), sum(left))
