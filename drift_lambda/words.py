"""What changed, in a sentence."""

from __future__ import annotations

import itertools

from drift_lambda.distribution import MISSING, Distribution

CONTRIBUTORS = 3
LONGEST_NAME = 60


def percent(share: float) -> str:
    """`31 %`, with a decimal near the ends, where a point is a lot; never `0 %` for what is there."""
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.0f} %" if 0.1 <= share <= 0.9 else f"{100 * share:.1f} %"


def number(value: float) -> str:
    """Three digits, or all of a large number's."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def counted(count: int, noun: str) -> str:
    """`1 prediction`, `2,140 predictions`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def change(signal: str, reference: Distribution, current: Distribution) -> str:
    """The strongest contributors to the difference: `share of “unacceptable” 31 % → 47 %`."""
    if reference.edges:
        return _number_change(signal, reference, current)
    return _category_change(reference, current)


def shortage(signal: str, reference: Distribution, current: Distribution, minimum: int) -> str:
    """Why this signal cannot be judged, or an empty string where it can."""
    for name, window in (("reference", reference), ("current window", current)):
        if window.total < minimum:
            return f"the {name} has {window.total:,} of the {minimum:,} predictions needed"
    if not reference.known and not current.known:
        return f"no prediction carries a value for {signal}"
    return ""


def _category_change(reference: Distribution, current: Distribution) -> str:
    changes = sorted(
        zip(reference.bins, reference.shares, current.shares, strict=True),
        key=lambda row: (-round(abs(row[2] - row[1]), 9), row[1] - row[2]),
    )
    shown = changes[:1] if len(changes) <= 2 else changes[:CONTRIBUTORS]
    return ", ".join(
        f"share of “{_short(name)}” {percent(before)} → {percent(now)}{_novelty(before)}" for name, before, now in shown
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


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _novelty(before: float) -> str:
    return " (never in the reference)" if not before else ""
