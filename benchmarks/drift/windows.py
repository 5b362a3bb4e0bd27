"""Made-up predictions with a known drift: label, score, text length, lines kept raw, and the traffic before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from monitors.drift.judgement.usual_traffic import Traffic
from monitors.drift.judgement.volume import judge_volume
from monitors.drift.statistics.distribution import (
    QUANTILES,
    CrossTable,
    Distribution,
    Tally,
    bin_edges,
    make_binned,
    make_categories,
)

UNACCEPTABLE = 0.31
KEPT_RAW = 0.001
DAYS = 7
LABELS = ("acceptable", "unacceptable")
RARE_LABEL = "unsure"
SEGMENTS = 10


@dataclass(frozen=True)
class Drift:
    """What differs from the reference; the defaults are: nothing."""

    label_points: float = 0.0
    score_logit: float = 0.0
    unsure_share: float = 0.0
    length_factor: float = 1.0
    wobble: float = 0.0
    rare_share: float = 0.0
    """The share of a third label."""
    broken_segments: int = 0
    """In so many of ten segments the labels are swapped."""


@dataclass(frozen=True)
class Sample:
    """The predictions of a window, one row each, and how many lines were kept raw beside them."""

    label: np.ndarray
    score: np.ndarray
    length: np.ndarray
    kept_raw: int
    segment: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))


def draw(generator: np.random.Generator, size: int, drift: Drift) -> Sample:
    """Draw a window. The score is the model's confidence in its label: surer for acceptable sentences."""
    share = np.clip(UNACCEPTABLE + drift.label_points / 100 + generator.normal(0, drift.wobble / 100), 0, 1)
    unacceptable = generator.random(size) < share
    score = np.where(unacceptable, generator.beta(5, 2, size), generator.beta(9, 1.5, size))
    if drift.score_logit:
        score = 1 / (1 + (1 - score) / score * np.exp(-drift.score_logit))
    if drift.unsure_share:
        unsure = generator.random(size) < drift.unsure_share
        score = np.where(unsure, generator.uniform(0.2, 0.6, size), score)
    length = np.round(generator.lognormal(4, 0.5, size) * drift.length_factor)
    label = np.where(unacceptable, "unacceptable", "acceptable")
    return Sample(label, score, length, int(generator.binomial(size, KEPT_RAW)))


def with_more(generator: np.random.Generator, sample: Sample, drift: Drift) -> Sample:
    """Add what only some cells have: a rare third label, and segments of which some may be broken."""
    label = sample.label.copy()
    segment = generator.integers(0, SEGMENTS, len(label))
    broken = segment < drift.broken_segments
    label[broken] = np.where(label[broken] == "acceptable", "unacceptable", "acceptable")
    if drift.rare_share:
        label[generator.random(len(label)) < drift.rare_share] = RARE_LABEL
    return Sample(label, sample.score, sample.length, sample.kept_raw, segment)


def edges_of(values: np.ndarray) -> tuple[float, ...]:
    """Return bin edges as the reference freezes them: its quantiles."""
    return bin_edges(np.quantile(values, QUANTILES).tolist(), float(values.max()))


def count_values(values: np.ndarray, edges: tuple[float, ...]) -> Distribution:
    """Count as `monitors.drift.distribution.count_numbers` does, faster."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return make_binned(edges, counts.tolist(), 0)


def count_sample(sample: Sample, edges: dict[str, tuple[float, ...]]) -> dict[str, Tally]:
    """Count the sample as the aggregations would."""
    labels, counts = np.unique(sample.label, return_counts=True)
    score = count_values(sample.score, edges["score"])
    signals: dict[str, Tally] = {
        "label": make_categories(dict(zip(labels.tolist(), counts.tolist(), strict=True))),
        "score": score,
        "score by label": _by_row(sample.label, LABELS, sample.score, score.bins[1:], edges["score"]),
        "text_length": count_values(sample.length, edges["text_length"]),
        "kept_raw": Distribution(("indexed", "kept raw"), (len(sample.label), sample.kept_raw)),
    }
    if len(sample.segment):
        counts_of = [
            int(((sample.segment == s) & (sample.label == each)).sum()) for s in range(SEGMENTS) for each in LABELS
        ]
        signals["segments"] = CrossTable(tuple(map(str, range(SEGMENTS))), LABELS, tuple(counts_of))
    return signals


def _by_row(
    label: np.ndarray, rows: tuple[str, ...], score: np.ndarray, bins: tuple[str, ...], edges: tuple[float, ...]
) -> CrossTable:
    counts = [count_values(score[label == row], edges).counts[1:] for row in rows]
    return CrossTable(rows, bins, tuple(count for row in counts for count in row), edges)


def volume_severity(generator: np.random.Generator, size: int) -> int:
    """Return the severity of the volume of undrifted traffic with days and nights (±60 %) and 20 % noise."""
    hours = np.arange(24 * DAYS + 1) + generator.integers(24)
    expected = size * (1 + 0.6 * np.sin(hours * 2 * np.pi / 24)) * generator.gamma(25, 1 / 25, len(hours))
    counts = generator.poisson(expected)
    return judge_volume(Traffic(datetime(2026, 6, 15, tzinfo=UTC), counts[::-1].tolist())).verdict.severity
