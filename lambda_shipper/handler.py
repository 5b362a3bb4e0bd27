"""Ships the predictions of one subscription batch: decode ▶ find ▶ document ▶ bulk ▶ report.

Every log event is ignored or holds predictions, and each of these ends as one of indexed · kept raw · failed. If
anything is not safe at the end the invocation raises, Lambda delivers the batch again, and after that puts it in the
failure bucket.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any, Protocol

from contracts.own_groups import makes_loop
from lambda_shipper.config import Config
from lambda_shipper.delivery.bulk import Delivery
from lambda_shipper.delivery.outcome import Outcome
from lambda_shipper.delivery.rejection import store
from lambda_shipper.delivery.report import report
from lambda_shipper.documents.building import Documents
from lambda_shipper.documents.chunks import Chunk
from lambda_shipper.documents.origin import Clock
from lambda_shipper.domain.client import Client, open_client
from lambda_shipper.domain.indices import open_indices
from lambda_shipper.reading.decoding import LogBatch, by_source, decode

RESERVE_SECONDS = 2.0
"""Kept back of the invocation's time for storing what is rejected, and for the report."""


class LambdaContext(Protocol):
    """What the shipper needs of Lambda's context."""

    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the invocation."""
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
    return report(outcome, context.function_name, batch.name)


def ship(batches: Iterable[LogBatch], config: Config, client: Client, *, until: float) -> Outcome:
    """Take batches through find ▶ document ▶ bulk, in common requests, until the `time.monotonic()` moment.

    What this project's own functions logged is dropped, and counted: each such batch would make the next one.
    """
    delivery, chunk, indices = Delivery(client, config, until), Chunk(), open_indices(config)
    clock, add_fields = Clock(indices), partial(indices.add, client, until)
    for batch in batches:
        if makes_loop(batch.log_group):
            delivery.outcome.own_lines += len(batch.events)
            continue
        for part in by_source(batch, config.account, config.opensearch_region):
            documents = Documents(part, config, indices, clock)
            documents.write(chunk, delivery.deliver, add_fields)
            delivery.count_events(part, documents.ignored)
    delivery.deliver(chunk)
    return delivery.outcome


def deadline(context: LambdaContext) -> float:
    """Return the `time.monotonic()` moment at which delivery has to stop."""
    return time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
