"""The one base class for errors that a person can fix."""


class UserError(Exception):
    """An error that a person can fix. The message says what happened, where, and what to do.

    The entry point of `predmon` prints the message and exits with status 1; there is no traceback.
    """
