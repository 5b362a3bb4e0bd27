"""What follows from the counts of a signal: coarser bins to show, and shares that should stay small."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from monitors.drift.statistics.distribution import MISSING, Distribution

MOST_NAMED = 3


def coarser(reference: Distribution, current: Distribution, share: float = 0.1) -> tuple[Distribution, Distribution]:
    """Return number bins merged until each holds `share` of the reference: the deciles that PSI is known for.

    The bin of missing values stays on its own, and goes where both windows have none.
    """
    known = sum(reference.counts[1:])
    groups: list[range] = []
    start = 1
    for end in range(2, len(reference.bins) + 1):
        held = sum(reference.counts[start:end])
        if held and held >= share * known:
            groups.append(range(start, end))
            start = end
    last = groups.pop().start if groups else 1
    groups.append(range(last, len(reference.bins)))
    names = [_span(group, reference.edges) for group in groups]
    if reference.counts[0] or current.counts[0]:
        groups, names = [range(1), *groups], [MISSING, *names]
    before, now = (
        Distribution(tuple(names), tuple(sum(side.counts[group.start : group.stop]) for group in groups))
        for side in (reference, current)
    )
    return before, now


def _span(group: range, edges: Sequence[float]) -> str:
    low = f"{edges[group.start - 2]:.4g}" if group.start > 1 else ""
    high = f"{edges[group.stop - 2]:.4g}" if group.stop - 2 < len(edges) else ""
    if low and high:
        return f"{low} to {high}"
    return f"below {high}" if high else f"{low} and above" if low else "any"


def never_seen(
    reference: Distribution, current: Distribution, unseen_share: float = 0.0
) -> tuple[Distribution, Distribution]:
    """Return two bins of aligned categories: those that the reference has, and those that it has not.

    A missing value counts like any other. `unseen_share` of the reference counts as new. The second bin is named after
    the most frequent new categories.
    """
    rows = zip(reference.bins, reference.counts, current.counts, strict=True)
    new = sorted(
        ((now, name) for name, before, now in rows if not before and now), key=lambda pair: (-pair[0], pair[1])
    )
    bins = ("known", ", ".join(name for _, name in new[:MOST_NAMED]) or "anything new")
    expected, found = unseen_share * reference.total, sum(now for now, _ in new)
    return (
        Distribution(bins, (reference.total - expected, expected)),
        Distribution(bins, (current.total - found, found)),
    )


def share_below(distribution: Distribution, edge: float) -> Distribution:
    """Return two bins, below and not below one of the distribution's own edges; missing values in neither."""
    cut = distribution.edges.index(edge) + 2
    bins = (f"below {edge:.3g}", f"{edge:.3g} and above")
    return Distribution(bins, (sum(distribution.counts[1:cut]), sum(distribution.counts[cut:])))


def edge_at(distribution: Distribution, share: float) -> float | None:
    """Return the edge below which nearest to `share` of the known values lie; None where nothing is known."""
    if not distribution.known:
        return None
    below = itertools.accumulate(distribution.counts[1:-1])
    return min(
        zip(below, distribution.edges, strict=True),
        key=lambda pair: abs(pair[0] / distribution.known - share),
    )[1]
