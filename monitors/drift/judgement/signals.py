"""The signals of a window, and which tests each of them gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from monitors.drift.statistics.derived import edge_at, never_seen, share_below
from monitors.drift.statistics.distances import kolmogorov_smirnov, total_variation
from monitors.drift.statistics.distribution import MISSING, OTHER, CrossTable, Distribution, Tally, align
from monitors.drift.statistics.mix_tests import mix
from monitors.drift.statistics.number_tests import anderson_darling, energy, ranks_within
from monitors.drift.statistics.segments import keep_usual
from monitors.drift.statistics.significance import Statistic

LABEL, SCORE, VALUE, LABELS, LENGTH = "label", "score", "value", "labels", "text_length"
KEPT_RAW, FAILED = "kept_raw", "failed"
LEAST_SURE, NEW_LABEL, VANISHED_LABEL = "least_sure", "new_label", "vanished_label"
SEGMENTS = "segments"
SCORE_BY_LABEL = "score by label"
"""Counted beside the score for its test of ranks within labels. It is not reported by itself."""
VOLUME, CLOCK = "volume", "clock"
INPUTS, TEXT, NOVELTY = "inputs", "text", "novelty"
COLUMN = "column "
"""What the signal of a column that was found unasked begins with; `inputs` speaks for all of them."""
NAMES = (
    *(LABEL, SCORE, VALUE, LABELS, LENGTH, KEPT_RAW, FAILED, LEAST_SURE, NEW_LABEL, VANISHED_LABEL),
    *(SEGMENTS, SCORE_BY_LABEL, VOLUME, CLOCK, INPUTS, TEXT, NOVELTY),
)
"""What no watched field may be called, since its findings would replace these."""
WEIGHTS: Mapping[str, float] = {
    **{LABEL: 3, VALUE: 3, LABELS: 3, SCORE: 2, SEGMENTS: 2},
    **{LEAST_SURE: 0.5, NEW_LABEL: 0.5, VANISHED_LABEL: 0.5, KEPT_RAW: 0.5, FAILED: 0.5},
}
"""Shares of the error that is allowed per run; what a prediction says counts most, derived signals least."""
RARE = (KEPT_RAW, FAILED, LEAST_SURE, NEW_LABEL, NOVELTY)
"""Signals whose share is small when all is well, so that a small change of it matters."""
LEAST_SURE_SHARE = 0.05
MOST_UNLIKE_SHARES = (0.9, 0.98, 0.997)
"""The novelty is also tested by its shares above these quantiles: a few texts of a new kind lie far out."""
FEW_VALUES = 10
"""Numbers with so few different values are tested as categories too: an order-based test sees little of a shuffle."""
Pair = tuple[Tally, Tally]


def pair_up(before: Mapping[str, Tally], now: Mapping[str, Tally], unseen_share: float | None = 0.0) -> dict[str, Pair]:
    """Return each signal of the reference beside the window's, over the same bins, with those derived from them.

    `unseen_share` is the share of labels never seen before that is to be expected; None where the reference does not
    name all its labels, so that nobody can tell which are new. Raises KeyError where the window lacks a signal.
    """
    both = {name: _align(each, now[name]) for name, each in before.items() if not is_column(name)}
    label, score = both.get(LABEL), both.get(SCORE)
    if label and unseen_share is not None:
        both[NEW_LABEL] = never_seen(*_require_distributions(label), unseen_share)
    if score:
        reference, current = _require_distributions(score)
        if (edge := edge_at(reference, LEAST_SURE_SHARE)) is not None:
            both[LEAST_SURE] = share_below(reference, edge), share_below(current, edge)
    return both


def is_column(signal: str) -> bool:
    """Tell whether a signal is one of the input's columns, which inputs.py judges."""
    return signal.startswith(COLUMN)


def path_of(signal: str) -> str:
    """Return the path of a column's signal."""
    return signal.removeprefix(COLUMN)


def run_tests(name: str, both: Mapping[str, Pair]) -> list[Statistic]:
    """Return the tests of a signal; those of the windows that cannot differ are left out."""
    before, now = both[name]
    if isinstance(before, CrossTable):
        assert isinstance(now, CrossTable)
        rows = now.by_row()
        found = [mix(counts, rows[row]) for row, counts in _keep_usual(name, before).items()]
    elif not before.edges:
        found = [mix(before.counts, now.counts)]
    else:
        reference, current = before.counts[1:], now.counts[1:]
        found = [anderson_darling(reference, current), mix(*_count_presence(before, now))]
        if name == SCORE:
            found.append(energy(reference, current, before.edges))
            if table := both.get(SCORE_BY_LABEL):
                found.append(_rank_within(table))
        if name == NOVELTY:
            found += _test_tails(*_require_distributions((before, now)))
        if sum(1 for pair in zip(reference, current, strict=True) if any(pair)) <= FEW_VALUES:
            found.append(mix(reference, current))
    return [each for each in found if each.expected]


def _test_tails(before: Distribution, now: Distribution) -> Iterator[Statistic]:
    edges = {share: edge_at(before, share) for share in MOST_UNLIKE_SHARES}
    for share, edge in edges.items():
        if edge is not None:
            sides = (share_below(side, edge).counts for side in (before, now))
            yield replace(mix(*sides), name=f"above {share}")


def measure_effect(name: str, both: Mapping[str, Pair]) -> float:
    """Return how much changed, in shares of the predictions.

    Categories: the part that changed category; of segments, within the one that changed most. Numbers: the largest
    difference of the cumulated shares, or the change of the missing share if that is larger.
    """
    before, now = both[name]
    if isinstance(before, CrossTable):
        return measure_row_effects(name, (before, now))[0][0]
    if not before.edges:
        return total_variation(before.counts, now.counts)
    absent = total_variation(*_count_presence(before, now))
    known = before.counts[1:], now.counts[1:]
    return max(absent, kolmogorov_smirnov(*known)[0] if all(map(sum, known)) else 0.0)


def measure_row_effects(signal: str, pair: Pair) -> list[tuple[float, str, Sequence[float], Sequence[float]]]:
    """Return a table's rows as (effect, name, reference, current), the one that changed most surely first."""
    before, now = pair
    assert isinstance(before, CrossTable) and isinstance(now, CrossTable)
    rows = now.by_row()
    found = [
        (mix(counts, rows[name]).p_value(), total_variation(counts, rows[name]), name, counts, rows[name])
        for name, counts in _keep_usual(signal, before).items()
        if any(counts) and any(rows[name])
    ]
    return [each[1:] for each in sorted(found, key=lambda each: each[:3])] or [(0.0, "", (), ())]


def _keep_usual(signal: str, before: CrossTable) -> dict[str, tuple[float, ...]]:
    return keep_usual(before) if signal == SEGMENTS else before.by_row()


def _align(before: Tally, now: Tally) -> Pair:
    if isinstance(before, CrossTable):
        if not isinstance(now, CrossTable) or before.rows != now.rows or before.bins != now.bins:
            raise ValueError("the windows were counted with different rows or bins")
        return before, now
    assert isinstance(now, Distribution)
    return align(before, now)


def _require_distributions(pair: Pair) -> tuple[Distribution, Distribution]:
    before, now = pair
    assert isinstance(before, Distribution) and isinstance(now, Distribution)
    return before, now


def _count_presence(before: Tally, now: Tally) -> tuple[tuple[float, float], tuple[float, float]]:
    (absent, *known), (absent_now, *known_now) = before.counts, now.counts
    return (absent, sum(known)), (absent_now, sum(known_now))


def _rank_within(pair: Pair) -> Statistic:
    before, now = pair
    assert isinstance(before, CrossTable) and isinstance(now, CrossTable)
    return ranks_within(before.by_row(), now.by_row())


def expect_unseen(labels: Distribution) -> float | None:
    """Return the share of labels never seen before to expect of the next predictions; None where not all are named.

    By Good and Turing: the labels that were seen exactly once would have been new, had they not been seen.
    """
    if OTHER in labels.bins or not labels.total:
        return None
    once = sum(1 for name, count in zip(labels.bins, labels.counts, strict=True) if count == 1 and name != MISSING)
    return once / labels.total
