"""What changed, in a sentence."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from monitors.drift.statistics.distribution import MISSING, WITH_AND_WITHOUT, CrossTable, Distribution, Signal

CONTRIBUTORS = 3
LONGEST_NAME = 60
MOST_WRITTEN_OUT = 1e12
COUNTED = {"least_sure": "scores", "segments": "predictions with a segment"}
"""What these signals count, where that is not every prediction."""
ROUNDING = 1e-9


def percent(share: float) -> str:
    """Return `31 %`, with a decimal near the ends, where a point is a lot; `0 %` and `100 %` only for exactly these."""
    if share <= 0 or share >= 1 - ROUNDING:
        return "100 %" if share > 0 else "0 %"
    if share < 0.001:
        return "under 0.1 %"
    if share >= 0.9995:
        return "over 99.9 %"
    return f"{100 * share:.0f} %" if 0.1 <= share <= 0.9 else f"{100 * share:.1f} %"


def number(value: float) -> str:
    """Return three digits, or all of a large number's as long as a person can count them."""
    return f"{value:,.0f}" if 1000 <= abs(value) < MOST_WRITTEN_OUT else f"{value:.3g}"


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: `1 prediction`, `2,140 predictions`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def change(signal: str, reference: Distribution, current: Distribution) -> str:
    """Return the strongest contributors to the difference: `share of “unacceptable” 31 % → 47 %`."""
    if reference.edges:
        return _number_change(signal, reference, current)
    return _category_change(reference, current)


def row_change(
    signal: str, effect: float, row: str, reference: Sequence[float], current: Sequence[float], bins: Sequence[str]
) -> str:
    """Return what changed in one row of a table: a segment, or one of several labels that a prediction may have."""
    if not row:
        return f"nothing to compare for {signal}"
    if tuple(bins) == WITH_AND_WITHOUT:
        before, now = reference[0] / sum(reference), current[0] / sum(current)
        return f"predictions with the label “{short(row)}”: {percent(before)} → {percent(now)}"
    return f"in the segment “{short(row)}”, {percent(effect)} of {sum(current):,.0f} predictions have another label"


def vanishing(label: str, usual: float, share: float) -> str:
    """Return that a label is gone, and how often it was given before."""
    return f"“{short(label)}” vanished: {percent(usual)} → {percent(share)}"


def shortage(signal: str, reference: Signal, current: Signal, minimum: int) -> str:
    """Return why this signal cannot be judged, or an empty string where it can."""
    counted = COUNTED.get(signal, "predictions")
    for name, window in (("reference", reference), ("current window", current)):
        if (size := _size(window)) < minimum:
            return f"the {name} has {size:,.0f} of the {minimum:,} {counted} needed"
    if isinstance(reference, CrossTable) or isinstance(current, CrossTable):
        return ""
    if not reference.known and not current.known:
        return f"no prediction carries a value for {signal}"
    return ""


def _size(window: Signal) -> float:
    """Return how many predictions were counted: each row of a table of several labels at once counts all of them."""
    if isinstance(window, CrossTable) and window.bins == WITH_AND_WITHOUT:
        return max(map(sum, window.by_row().values()), default=0.0)
    return window.total


def _category_change(reference: Distribution, current: Distribution) -> str:
    changes = sorted(
        (row for row in zip(reference.bins, reference.shares, current.shares, strict=True) if row[1] or row[2]),
        key=lambda row: (-round(abs(row[2] - row[1]), 9), row[1] - row[2]),
    )
    shown = changes[:1] if len(changes) <= 2 else changes[:CONTRIBUTORS]
    return ", ".join(
        f"share of “{short(name)}” {percent(before)} → {percent(now)}{_novelty(before)}" for name, before, now in shown
    )


def _number_change(signal: str, reference: Distribution, current: Distribution) -> str:
    missing = [d.shares[0] if d.bins[0] == MISSING else 0.0 for d in (reference, current)]
    cumulated = [list(itertools.accumulate(d.shares[1:-1])) for d in (reference, current)]
    differences = [abs(now - before) for before, now in zip(*cumulated, strict=True)]
    at = max(range(len(differences)), key=differences.__getitem__)
    if abs(missing[1] - missing[0]) >= differences[at] - 1e-9:
        return f"{signal} missing: {percent(missing[0])} → {percent(missing[1])}"
    before, now = cumulated[0][at], cumulated[1][at]
    # The last edge lies just above the largest value of the reference.
    where = "up to" if at == len(reference.edges) - 1 else "below"
    return f"share of {signal} {where} {number(reference.edges[at])}: {percent(before)} → {percent(now)}"


def short(name: str) -> str:
    """Return a name cut to what fits a line."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _novelty(before: float) -> str:
    return " (never in the reference)" if not before else ""
