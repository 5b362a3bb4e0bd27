"""The error that a person sees: what happened, where, and what to do."""


class LocalError(Exception):
    """Something on this machine stands in the way; the message says what to do about it."""
