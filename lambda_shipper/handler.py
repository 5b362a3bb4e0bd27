"""Ships the predictions of one subscription batch: decode ▶ select ▶ document ▶ bulk ▶ report.

Every log event ends as exactly one of indexed · ignored · kept raw · failed. If anything is not safe at the end the
invocation raises, Lambda delivers the batch again, and after that puts it in the failure bucket.
"""

from __future__ import annotations

import time
from typing import Any, Protocol

from lambda_shipper.bulk import BulkClient, Outcome, index
from lambda_shipper.client import open_client
from lambda_shipper.config import Config
from lambda_shipper.decoding import decode
from lambda_shipper.documents import Documents
from lambda_shipper.report import report
from lambda_shipper.selection import select

RESERVE_SECONDS = 2.0
"""Kept back of the invocation's time for storing what is rejected, and for the report."""
MOST_REJECTED = 50
"""So many can be stored within that time."""


class LambdaContext(Protocol):
    """What the shipper needs of Lambda's context."""

    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Give the time until Lambda ends the invocation."""
        ...


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Ship one batch and give its counts; raises `BatchError` or `ShippingError`, and nothing half-way."""
    config = Config.from_env()
    outcome, ignored = ship(event, config, open_client(config), until=deadline(context))
    store(outcome, config)
    return report(outcome, ignored, context.function_name)


def ship(event: dict[str, Any], config: Config, client: BulkClient, *, until: float) -> tuple[Outcome, int]:
    """Take a batch through all stages until the `time.monotonic()` moment; gives the outcome and the ignored count."""
    batch = decode(event, config.max_batch_bytes)
    selection = select(batch)
    documents = Documents(batch, config)
    outcome = index(
        client,
        documents.actions(selection),
        documents.kept_raw,
        chunk_bytes=config.chunk_bytes,
        request_timeout_seconds=config.request_timeout_seconds,
        until=until,
    )
    return outcome, selection.ignored


def store(outcome: Outcome, config: Config, s3: Any = None) -> None:
    """Put the few documents that no form of went in into the failure bucket.

    Without a bucket, or with more of them than `MOST_REJECTED`, none is put there: then it is the set-up that is wrong,
    and the batch as a whole fails, to be replayed when that is mended.
    """
    if not config.failure_bucket or len(outcome.rejected) > MOST_REJECTED:
        outcome.rejected.clear()
    if not outcome.rejected:
        return
    if s3 is None:
        import boto3

        s3 = boto3.client("s3")
    from lambda_shipper.rejection import store_rejected

    store_rejected(s3, config.failure_bucket, outcome.rejected)


def deadline(context: LambdaContext) -> float:
    """Give the `time.monotonic()` moment at which delivery has to stop."""
    return time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
