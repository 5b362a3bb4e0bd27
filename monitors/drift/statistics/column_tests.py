"""The tests of one column of the input: of its values, of its missing values, and of values never seen before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitors.drift.statistics.combining import cauchy
from monitors.drift.statistics.distances import kolmogorov_smirnov, total_variation
from monitors.drift.statistics.distribution import MISSING, OTHER, Distribution, align
from monitors.drift.statistics.mix_tests import mix
from monitors.drift.statistics.number_tests import anderson_darling
from monitors.drift.statistics.significance import NO_DISPERSION, Dispersion, Statistic

MISSING_TEST, NEW_TEST, FEW_TEST = "missing", "new", "few values"
FEW_VALUES = 10
"""Numbers with so few different values are tested as categories too."""
MOST_ALONE = 20
"""How many categories are also tested each by itself, the most frequent ones."""


@dataclass(frozen=True)
class Aspect:
    """One way in which a column may move. `is_rare` says that it should hardly occur, so that a small share matters."""

    statistics: Sequence[Statistic]
    effect: float
    is_rare: bool = False

    def compute_p_values(self, dispersions: Mapping[str, Dispersion]) -> list[float]:
        """Return the p-value of each test, given how much it varies from hour to hour."""
        return [each.p_value(dispersions.get(each.name, NO_DISPERSION)) for each in self.statistics]


def find_aspects(before: Distribution, now: Distribution, unseen_share: float = 0.0) -> list[Aspect]:
    """Return the aspects of a column. What the bins of `before` do not name was never seen before.

    `unseen_share` of the values is expected to be new.
    """
    found = [_test_missing(before, now)]
    if before.edges:
        found += _test_numbers(before, now)
    else:
        found += _test_words(before, now, unseen_share)
    tested = [replace(each, statistics=[test for test in each.statistics if test.expected]) for each in found]
    return [each for each in tested if each.statistics]


def combine_aspects(found: Iterable[Aspect], dispersions: Mapping[str, Dispersion]) -> float:
    """Return one p-value for all tests of a column."""
    p_values = [p for each in found for p in each.compute_p_values(dispersions)]
    return cauchy(p_values) if p_values else 1.0


def _test_missing(before: Distribution, now: Distribution) -> Aspect:
    sides = [(each.total - each.known, each.known) for each in (before, now)]
    effect = total_variation(*sides) if before.total and now.total else 0.0
    return Aspect([replace(mix(*sides), name=MISSING_TEST)], effect, is_rare=True)


def _test_numbers(before: Distribution, now: Distribution) -> list[Aspect]:
    reference, current = before.counts[1:], now.counts[1:]
    tests = [anderson_darling(reference, current)]
    if sum(1 for pair in zip(reference, current, strict=True) if any(pair)) <= FEW_VALUES:
        tests.append(replace(mix(reference, current), name=FEW_TEST))
    effect = kolmogorov_smirnov(reference, current)[0] if sum(reference) and sum(current) else 0.0
    return [Aspect(tests, effect)]


def _test_words(before: Distribution, now: Distribution, unseen_share: float) -> list[Aspect]:
    reference, current = align(before, now)
    triples = zip(reference.bins, reference.counts, current.counts, strict=True)
    rows = [row for row in triples if row[0] != MISSING and (row[1] or row[2])]
    counts = [row[1] for row in rows], [row[2] for row in rows]
    n, m = map(sum, counts)
    if not n or not m:
        return []
    largest = sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))[:MOST_ALONE]
    alone = [replace(mix((r, n - r), (c, m - c)), name=f"“{name}”") for name, r, c in largest] if len(rows) > 2 else []
    found = [Aspect([mix(*counts), *alone], total_variation(*counts))]
    if OTHER not in before.bins:
        seen = set(before.bins)
        new, expected = sum(c for name, _, c in rows if name not in seen), unseen_share * n
        test = replace(mix((n - expected, expected), (m - new, new)), name=NEW_TEST)
        found.append(Aspect([test], max(0.0, new / m - unseen_share), is_rare=True))
    return found
