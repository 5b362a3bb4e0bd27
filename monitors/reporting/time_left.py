"""How long a function may still work, and how much it may say."""

from __future__ import annotations

import time

RESERVE_SECONDS = 60.0
"""Kept back of the invocation's time for what follows the judgement."""


MOST_RUNS_LOGGED = 100
"""Runs in a function's log event and answer; all of them are stored."""


def find_end(context: object) -> float:
    """Return the `time.monotonic()` moment at which Lambda ends the invocation; never, where there is no Lambda."""
    left = getattr(context, "get_remaining_time_in_millis", None)
    return time.monotonic() + left() / 1000 if left else float("inf")
