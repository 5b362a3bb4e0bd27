"""Ships the predictions of one subscription batch: decode ▶ select ▶ document ▶ bulk ▶ report.

Every log event ends as exactly one of indexed · ignored · kept raw · failed. If anything is not safe at the end the
invocation raises, Lambda delivers the batch again, and after that puts it in the failure bucket.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import chain
from typing import Any, Protocol

from lambda_shipper.bulk import BulkClient, Outcome, index
from lambda_shipper.client import open_client
from lambda_shipper.config import Config
from lambda_shipper.decoding import LogBatch, decode
from lambda_shipper.documents import Documents
from lambda_shipper.rejection import store
from lambda_shipper.report import report
from lambda_shipper.selection import select

RESERVE_SECONDS = 2.0
"""Kept back of the invocation's time for storing what is rejected, and for the report."""


class LambdaContext(Protocol):
    """What the shipper needs of Lambda's context."""

    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Give the time until Lambda ends the invocation."""
        ...


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Ship one batch and give its counts. Whatever it raises, delivering the batch again is safe.

    Raises a `ShipperError`: of the configuration, of the payload, or, as `ShippingError`, since something is not safe
    yet. Raises boto3's errors when that is because the failure bucket did not take a rejected document.
    """
    config = Config.from_env()
    batch = decode(event, config.max_batch_bytes)
    outcome = ship([batch], config, open_client(config), until=deadline(context))
    store(outcome, config)
    return report(outcome, context.function_name)


def ship(batches: Iterable[LogBatch], config: Config, client: BulkClient, *, until: float) -> Outcome:
    """Take batches through select ▶ document ▶ bulk, in common requests, until the `time.monotonic()` moment."""
    selections = [select(batch) for batch in batches]
    actions = chain.from_iterable(Documents(each.batch, config).actions(each) for each in selections)
    outcome = index(client, actions, config, until=until)
    outcome.ignored = sum(each.ignored for each in selections)
    return outcome


def deadline(context: LambdaContext) -> float:
    """Give the `time.monotonic()` moment at which delivery has to stop."""
    return time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
