"""The number of predictions: not against the frozen reference but against the windows just before.

Traffic has its days and nights. A frozen level would either alarm every night or have to sleep through an outage;
the windows of the last days hold both, so only what leaves their whole range counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from drift_lambda.distribution import Distribution
from drift_lambda.verdict import Finding, Verdict
from drift_lambda.words import counted

VOLUME = "volume"
WARNING_FACTOR = 2
DRIFT_FACTOR = 4
LEAST_HISTORY = 24
LEAST_COUNT = 20


def judge_volume(history: Sequence[int], now: int) -> Finding:
    """Compares `now` with the counts of earlier windows of the same length, the oldest first.

    Its `effect` is the factor by which the window leaves the range of the history: 1 inside of it. Counts below
    `LEAST_COUNT` differ by chance alone, so they are taken for that many.
    """
    counts = Distribution(("predictions",), (now,))
    before = Distribution(("predictions",), (round(sum(history) / len(history)) if history else 0,))
    if len(history) < LEAST_HISTORY:
        words = f"{len(history)} of the {LEAST_HISTORY} earlier windows needed"
        return Finding(VOLUME, Verdict.NOT_ENOUGH_DATA, words, before, counts)
    lowest, highest = min(history), max(history)
    level = max(now, LEAST_COUNT)
    factor = max(1.0, level / max(highest, LEAST_COUNT), lowest / level)
    if now == 0 and lowest >= LEAST_COUNT:
        factor = max(factor, float(DRIFT_FACTOR))
    verdict = (
        Verdict.DRIFT if factor >= DRIFT_FACTOR else Verdict.WARNING if factor >= WARNING_FACTOR else Verdict.STABLE
    )
    words = f"{counted(now, 'prediction')}, {lowest:,} to {highest:,} in the last {len(history)} windows"
    return Finding(VOLUME, verdict, words, before, counts, effect=factor)
