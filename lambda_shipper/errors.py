"""What can go wrong while shipping, as types that carry the facts. None of them holds any log text."""

from contracts.errors import UserError


class ShipperError(UserError):
    """Base of every error that the shipper raises on purpose."""


class BatchError(ShipperError):
    """The invocation's payload is not what it claims to be. Nothing of it has been written."""


class TransportError(ShipperError):
    """No complete answer came back: refused, cut, timed out, or not HTTP. The request may or may not have arrived."""


class UnknownShapeError(ValueError):
    """A prediction of a shape that has no meaning here; `reason` is a word for it, the message says what is wrong."""

    def __init__(self, message: str, reason: str = "unknown_shape") -> None:
        super().__init__(message)
        self.reason = reason
