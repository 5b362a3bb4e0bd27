"""Many log groups in a terminal: the worst ones are shown, the others counted."""

from collections import Counter
from collections.abc import Sequence

MOST_SHOWN = 10
"""Log groups that a report shows in full, the worst first."""
MOST_HITS = 10_000
"""What the engine returns to one search."""


def rest_of(states: Sequence[str], command: str) -> str:
    """Return how many log groups are not shown, in which states, and the command that shows them; empty for none."""
    if not states:
        return ""
    counted = ", ".join(f"{count} {state}" for state, count in Counter(states).most_common())
    return f"Not shown: {counted}. To see all: {command}"
