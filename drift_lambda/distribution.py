"""Counts of one signal in one window: plain data, as large for a thousand predictions as for a million."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MISSING = "(missing)"
OTHER = "(other)"
QUANTILES = (0, 0.01, 0.025, *(step / 20 for step in range(1, 20)), 0.975, 0.99)
"""Where the reference's values are cut into bins: every twentieth, and finer in the tails."""


@dataclass(frozen=True)
class Distribution:
    """How many predictions fell in each bin.

    Categories: one bin a value, in the order of the reference, and `edges` empty. Numbers: `edges` are the
    frozen bin borders e0 < e1 < …, and the bins are missing, x < e0, e0 ≤ x < e1, …, x ≥ last. A missing
    value is a bin like any other, so that a field which vanishes is a change and not an empty window.
    """

    bins: tuple[str, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.bins) != len(self.counts):
            raise ValueError(f"{len(self.bins)} bins but {len(self.counts)} counts")

    @property
    def total(self) -> int:
        """Predictions counted, with and without a value."""
        return sum(self.counts)

    @property
    def known(self) -> int:
        """Predictions that carry a value."""
        return self.total - dict(zip(self.bins, self.counts, strict=True)).get(MISSING, 0)

    @property
    def shares(self) -> tuple[float, ...]:
        """The counts as parts of the total; zeros in an empty window."""
        total = self.total
        return tuple(count / total if total else 0.0 for count in self.counts)

    def to_json(self) -> dict[str, Any]:
        """As the reference index holds it: lists only, so that a label never becomes a field name."""
        return {
            "bins": list(self.bins),
            "counts": list(self.counts),
            "edges": list(self.edges),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Distribution:
        """The inverse of `to_json`."""
        return cls(tuple(stored["bins"]), tuple(stored["counts"]), tuple(stored["edges"]))


def categories(counts: Mapping[str, int]) -> Distribution:
    """A distribution over labels, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Distribution(tuple(name for name, _ in ordered), tuple(count for _, count in ordered))


def binned(edges: Sequence[float], counts: Sequence[int], missing: int) -> Distribution:
    """A distribution over numbers: `counts` has one entry more than `edges`."""
    return Distribution(bin_names(edges), (missing, *counts), tuple(edges))


def count_numbers(values: Iterable[float | None], edges: Sequence[float]) -> Distribution:
    """Bins values as the range aggregation does: an edge belongs to the bin above it."""
    counts = [0] * (len(edges) + 1)
    missing = 0
    for value in values:
        if value is None:
            missing += 1
        else:
            counts[bisect.bisect_right(edges, value)] += 1
    return binned(edges, counts, missing)


def bin_edges(quantiles: Sequence[float], largest: float) -> tuple[float, ...]:
    """Frozen borders: the reference's quantiles (the smallest value first) and one just above its largest.

    Ties collapse, so a constant score c gives the bins x < c, x = c, x > c. The margin of one part in a
    million is wider than the 32-bit float in which the index may hold the value.
    """
    above = largest + max(abs(largest) * 1e-6, 1e-9)
    return tuple(sorted({*(q for q in quantiles if math.isfinite(q) and q < above), above}))


def bin_names(edges: Sequence[float]) -> tuple[str, ...]:
    """What a person reads at each bin, the missing values first."""
    if not edges:
        return (MISSING, "any")
    names = [f"{low:.6g} to {high:.6g}" for low, high in itertools.pairwise(edges)]
    return (MISSING, f"below {edges[0]:.6g}", *names, f"above {edges[-1]:.6g}")


def align(reference: Distribution, current: Distribution) -> tuple[Distribution, Distribution]:
    """Both over the same bins: those of the reference, then what only the current window has."""
    if reference.edges or current.edges:
        if reference.edges != current.edges:
            raise ValueError("the windows were counted with different bin edges")
        return reference, current
    bins = tuple(dict.fromkeys((*reference.bins, *current.bins)))
    before, now = (dict(zip(d.bins, d.counts, strict=True)) for d in (reference, current))
    return (
        Distribution(bins, tuple(before.get(name, 0) for name in bins)),
        Distribution(bins, tuple(now.get(name, 0) for name in bins)),
    )


def coarser(reference: Distribution, current: Distribution, share: float = 0.1) -> tuple[Distribution, Distribution]:
    """Number bins merged until each holds `share` of the reference: the deciles that PSI is known for.

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


def never_seen(reference: Distribution, current: Distribution) -> tuple[Distribution, Distribution]:
    """Two bins of aligned categories: those that the reference has, and those that it has not.

    A missing value counts like any other. Named after the most frequent newcomers, for the words to say.
    """
    newcomers = [
        (now, name)
        for name, before, now in zip(reference.bins, reference.counts, current.counts, strict=True)
        if not before
    ]
    names = ", ".join(name for _, name in sorted(newcomers, key=lambda pair: -pair[0])[:3]) or "anything new"
    new = sum(now for now, _ in newcomers)
    bins = ("known", names)
    return Distribution(bins, (reference.total, 0)), Distribution(bins, (current.total - new, new))


def share_below(distribution: Distribution, edge: float) -> Distribution:
    """Two bins, below and not below one of the distribution's own edges; missing values in neither."""
    cut = distribution.edges.index(edge) + 2
    bins = (f"below {edge:.3g}", f"{edge:.3g} and above")
    return Distribution(bins, (sum(distribution.counts[1:cut]), sum(distribution.counts[cut:])))


def edge_at(distribution: Distribution, share: float) -> float | None:
    """The edge below which nearest to `share` of the known values lie; None where nothing is known."""
    if not distribution.known:
        return None
    below = itertools.accumulate(distribution.counts[1:-1])
    return min(
        zip(below, distribution.edges, strict=True),
        key=lambda pair: abs(pair[0] / distribution.known - share),
    )[1]
