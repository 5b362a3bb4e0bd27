"""What can go wrong while shipping, as types that carry the facts. None of them holds any log text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambda_shipper.bulk import Outcome


class ShipperError(Exception):
    """Base of every error that the shipper raises on purpose."""


class ConfigError(ShipperError):
    """An environment variable is missing or malformed; the message names it."""


class BatchError(ShipperError):
    """The invocation's payload is not what it claims to be. Nothing of it has been written."""


class TransportError(ShipperError):
    """No complete answer came back: refused, cut, timed out, or not HTTP. The request may or may not have arrived."""


class ShippingError(ShipperError):
    """Some events of the batch are not safe yet. Delivering the whole batch again is correct: every `_id` is fixed."""

    def __init__(self, *, failed: int, outcome: Outcome) -> None:
        """`failed` counts the events that are neither indexed nor in the failure bucket."""
        self.failed = failed
        self.outcome = outcome
        super().__init__(
            f"{failed} log events were not delivered to OpenSearch ({outcome.failure}); "
            f"{outcome.indexed} indexed, {outcome.kept_raw} kept raw, {outcome.retries} retries"
        )
