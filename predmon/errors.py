"""The one base class for errors that a person can fix, as the commands import it."""

from contracts.errors import UserError

__all__ = ["UserError"]
