"""What is normal in a segment: its own past, and what all segments share as far as they are alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from monitors.drift.statistics.distribution import CrossTable

LEAST_DIFFERENCE = 0.05


def keep_usual(reference: CrossTable) -> dict[str, tuple[float, ...]]:
    """Return each segment's counts, with counts of the overall mix added: the more, the less the segments differ.

    A segment is a small part of the reference, so its own mix is not known well. How much the segments differ from each
    other, beyond chance, says how much the others tell about it (an empirical Bayes estimate). One standard error is
    added to that difference, so that segments which differ are not taken for alike.
    """
    rows = {name: counts for name, counts in reference.by_row().items() if any(counts)}
    columns = [sum(column) for column in zip(*rows.values(), strict=True)]
    total = sum(columns)
    degrees = (len(rows) - 1) * (sum(1 for each in columns if each) - 1)
    if degrees < 1:
        return reference.by_row()
    added = (
        total / len(rows) / max(_differences(rows, columns) / degrees - 1 + math.sqrt(2 / degrees), LEAST_DIFFERENCE)
    )
    # Nothing is known better than all of the reference knows it.
    return {
        name: tuple(
            count + min(added, total - sum(counts)) * column / total
            for count, column in zip(counts, columns, strict=True)
        )
        for name, counts in reference.by_row().items()
    }


def _differences(rows: Mapping[str, Sequence[float]], columns: Sequence[float]) -> float:
    """Return the chi-squared statistic of the segments against each other."""
    total = sum(columns)
    found = 0.0
    for counts in rows.values():
        size = sum(counts)
        for count, column in zip(counts, columns, strict=True):
            if expected := size * column / total:
                found += (count - expected) ** 2 / expected
    return found
