"""What changed, in a sentence."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from monitors.drift.statistics.distribution import MISSING, WITH_AND_WITHOUT, CrossTable, Distribution, Tally
from monitors.reporting.wording import format_number, format_percent, shorten

CONTRIBUTORS = 3
COUNTED = {"least_sure": "scores", "segments": "predictions with a segment"}
"""What these signals count, where that is not every prediction."""
ROUNDING = 1e-9


def explain_change(signal: str, reference: Distribution, current: Distribution) -> str:
    """Return the strongest contributors to the difference: `share of “unacceptable” 31 % → 47 %`."""
    if reference.edges:
        return _explain_numbers(signal, reference, current)
    return _explain_categories(reference, current)


def explain_row_change(
    signal: str, effect: float, row: str, reference: Sequence[float], current: Sequence[float], bins: Sequence[str]
) -> str:
    """Return what changed in one row of a table: a segment, or one of several labels that a prediction may have."""
    if not row:
        return f"nothing to compare for {signal}"
    if tuple(bins) == WITH_AND_WITHOUT:
        before, now = reference[0] / sum(reference), current[0] / sum(current)
        return f"predictions with the label “{shorten(row)}”: {format_percent(before)} → {format_percent(now)}"
    having = f"{format_percent(effect)} of {sum(current):,.0f} predictions have another label"
    return f"in the segment “{shorten(row)}”, {having}"


def explain_vanished(label: str, usual: float, share: float) -> str:
    """Return that a label is gone, and how often it was given before."""
    return f"“{shorten(label)}” vanished: {format_percent(usual)} → {format_percent(share)}"


def explain_shortage(signal: str, reference: Tally, current: Tally, minimum: int) -> str:
    """Return why this signal cannot be judged, or an empty string where it can."""
    counted = COUNTED.get(signal, "predictions")
    for name, window in (("reference", reference), ("current window", current)):
        if (size := _count_rows(window)) < minimum:
            return f"the {name} has {size:,.0f} of the {minimum:,} {counted} needed"
    if isinstance(reference, CrossTable) or isinstance(current, CrossTable):
        return ""
    if not reference.known and not current.known:
        return f"no prediction carries a value for {signal}"
    return ""


def _count_rows(window: Tally) -> float:
    """Return how many predictions were counted: each row of a table of several labels at once counts all of them."""
    if isinstance(window, CrossTable) and window.bins == WITH_AND_WITHOUT:
        return max(map(sum, window.by_row().values()), default=0.0)
    return window.total


def _explain_categories(reference: Distribution, current: Distribution) -> str:
    changes = sorted(
        (row for row in zip(reference.bins, reference.shares, current.shares, strict=True) if row[1] or row[2]),
        key=lambda row: (-round(abs(row[2] - row[1]), 9), row[1] - row[2]),
    )
    shown = changes[:1] if len(changes) <= 2 else changes[:CONTRIBUTORS]
    return ", ".join(
        f"share of “{shorten(name)}” {format_percent(before)} → {format_percent(now)}{_explain_new(before)}"
        for name, before, now in shown
    )


def _explain_numbers(signal: str, reference: Distribution, current: Distribution) -> str:
    missing = [d.shares[0] if d.bins[0] == MISSING else 0.0 for d in (reference, current)]
    cumulated = [list(itertools.accumulate(d.shares[1:-1])) for d in (reference, current)]
    differences = [abs(now - before) for before, now in zip(*cumulated, strict=True)]
    at = max(range(len(differences)), key=differences.__getitem__)
    if abs(missing[1] - missing[0]) >= differences[at] - 1e-9:
        return f"{signal} missing: {format_percent(missing[0])} → {format_percent(missing[1])}"
    before, now = cumulated[0][at], cumulated[1][at]
    # The last edge lies just above the largest value of the reference.
    where = "up to" if at == len(reference.edges) - 1 else "below"
    change = f"{format_percent(before)} → {format_percent(now)}"
    return f"share of {signal} {where} {format_number(reference.edges[at])}: {change}"


def _explain_new(before: float) -> str:
    return " (never in the reference)" if not before else ""
