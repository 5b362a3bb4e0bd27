"""Counts of one signal in one window: plain data, as large for a thousand predictions as for a million.

Counts that were weighted by hour (seasons.py) are fractions.
"""

from __future__ import annotations

import bisect
import itertools
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MISSING = "(missing)"
OTHER = "(other)"
RESERVED = (MISSING, OTHER)
WITH_AND_WITHOUT = ("with", "without")
"""The bins of a table of several labels at once: each row counts all predictions, with the label and without it."""
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
    counts: tuple[float, ...]
    edges: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.bins) != len(self.counts):
            raise ValueError(f"{len(self.bins)} bins but {len(self.counts)} counts")

    @property
    def total(self) -> float:
        """Predictions counted, with and without a value."""
        return sum(self.counts)

    @property
    def known(self) -> float:
        """Predictions that carry a value."""
        return self.total - dict(zip(self.bins, self.counts, strict=True)).get(MISSING, 0)

    @property
    def shares(self) -> tuple[float, ...]:
        """The counts as parts of the total; zeros in an empty window."""
        total = self.total
        return tuple(count / total if total else 0.0 for count in self.counts)

    def to_json(self) -> dict[str, Any]:
        """Return what the reference index holds: lists only, so that a label never becomes a field name."""
        return {
            "bins": list(self.bins),
            "counts": list(self.counts),
            "edges": list(self.edges),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Distribution:
        """Make what `to_json` gave."""
        return cls(tuple(stored["bins"]), tuple(stored["counts"]), tuple(stored["edges"]))


@dataclass(frozen=True)
class CrossTable:
    """How many predictions fell in each bin, for each row: scores by label, labels by the segment of a field.

    `counts` has the bins of the first row, then those of the second. Missing values have no bin.
    """

    rows: tuple[str, ...]
    bins: tuple[str, ...]
    counts: tuple[float, ...]
    edges: tuple[float, ...] = field(default=())

    @property
    def total(self) -> float:
        """Predictions counted."""
        return sum(self.counts)

    def by_row(self) -> dict[str, tuple[float, ...]]:
        """Return the counts of each row."""
        width = len(self.bins)
        return {name: self.counts[at * width : (at + 1) * width] for at, name in enumerate(self.rows)}

    def to_json(self) -> dict[str, Any]:
        """Return lists only, as `Distribution.to_json`."""
        return {name: list(getattr(self, name)) for name in ("rows", "bins", "counts", "edges")}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CrossTable:
        """Make what `to_json` gave."""
        return cls(*(tuple(stored[name]) for name in ("rows", "bins", "counts", "edges")))


Tally = Distribution | CrossTable


def tally_from_json(stored: Mapping[str, Any]) -> Tally:
    """Make the distribution or table that was stored."""
    return CrossTable.from_json(stored) if "rows" in stored else Distribution.from_json(stored)


def with_counts(signal: Tally, counts: Iterable[float]) -> Tally:
    """Return the same bins with other counts."""
    if isinstance(signal, CrossTable):
        return CrossTable(signal.rows, signal.bins, tuple(counts), signal.edges)
    return Distribution(signal.bins, tuple(counts), signal.edges)


def bin_of(value: str) -> str:
    """Return the name of a value's bin. A value with the name of a special bin gets quotation marks."""
    return f"“{value}”" if value in RESERVED else value


def value_of(name: str) -> str:
    """Return the value whose bin has this name: the inverse of `bin_of`."""
    return name[1:-1] if name[1:-1] in RESERVED and name == bin_of(name[1:-1]) else name


def make_categories(counts: Mapping[str, int]) -> Distribution:
    """Return a distribution over labels, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Distribution(tuple(name for name, _ in ordered), tuple(count for _, count in ordered))


def make_binned(edges: Sequence[float], counts: Sequence[int], missing: int) -> Distribution:
    """Return a distribution over numbers: `counts` has one entry more than `edges`."""
    return Distribution(bin_names(edges), (missing, *counts), tuple(edges))


def count_numbers(values: Iterable[float | None], edges: Sequence[float]) -> Distribution:
    """Count values into bins as the range aggregation does: an edge belongs to the bin above it."""
    counts = [0] * (len(edges) + 1)
    missing = 0
    for value in values:
        if value is None:
            missing += 1
        else:
            counts[bisect.bisect_right(edges, value)] += 1
    return make_binned(edges, counts, missing)


def bin_edges(quantiles: Iterable[float | None], largest: float) -> tuple[float, ...]:
    """Return the frozen borders: the reference's quantiles (the smallest value first) and one just above its largest.

    Ties collapse, so a constant score c gives the bins x < c, x = c, x > c. The margin of one part in a
    million is wider than the 32-bit float in which the index may hold the value. All borders are finite, whatever
    values there are.
    """
    above = min(largest + max(abs(largest) * 1e-6, 1e-9), sys.float_info.max)
    below = {q for q in quantiles if q is not None and math.isfinite(q) and q < above}
    return tuple(sorted({*below, above}))


def bin_names(edges: Sequence[float]) -> tuple[str, ...]:
    """Return what a person reads at each bin, the missing values first."""
    if not edges:
        return (MISSING, "any")
    names = [f"{low:.6g} to {high:.6g}" for low, high in itertools.pairwise(edges)]
    return (MISSING, f"below {edges[0]:.6g}", *names, f"above {edges[-1]:.6g}")


def align(reference: Distribution, current: Distribution) -> tuple[Distribution, Distribution]:
    """Return both over the same bins: those of the reference, then what only the current window has."""
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
