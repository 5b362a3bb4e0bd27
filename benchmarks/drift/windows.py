"""Made-up predictions with a known drift: label, score, text length, lines kept raw, and the traffic before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drift_lambda.distribution import QUANTILES, Distribution, bin_edges, categories, count_numbers
from drift_lambda.volume import judge_volume

UNACCEPTABLE = 0.31
KEPT_RAW = 0.001
HISTORY = 168


@dataclass(frozen=True)
class Drift:
    """What differs from the reference; the defaults are: nothing."""

    label_points: float = 0.0
    score_logit: float = 0.0
    unsure_share: float = 0.0
    length_factor: float = 1.0
    wobble: float = 0.0


@dataclass(frozen=True)
class Sample:
    """The predictions of a window, one row each, and how many lines were kept raw beside them."""

    label: np.ndarray
    score: np.ndarray
    length: np.ndarray
    kept_raw: int


def draw(generator: np.random.Generator, size: int, drift: Drift) -> Sample:
    """A window. The score is the model's confidence in its label: surer for acceptable sentences."""
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


def edges_of(values: np.ndarray) -> tuple[float, ...]:
    """Bin edges as the reference freezes them: its quantiles."""
    return bin_edges(np.quantile(values, QUANTILES).tolist(), float(values.max()))


def counted(sample: Sample, edges: dict[str, tuple[float, ...]]) -> dict[str, Distribution]:
    """The sample as the aggregations would count it."""
    labels, counts = np.unique(sample.label, return_counts=True)
    return {
        "label": categories(dict(zip(labels.tolist(), counts.tolist(), strict=True))),
        "score": count_numbers(sample.score.tolist(), edges["score"]),
        "text_length": count_numbers(sample.length.tolist(), edges["text_length"]),
        "kept_raw": Distribution(("indexed", "kept raw"), (len(sample.label), sample.kept_raw)),
    }


def volume_severity(generator: np.random.Generator, size: int) -> int:
    """Undrifted traffic with days and nights (±60 %) and 20 % noise: the severity of its last window."""
    hours = np.arange(HISTORY + 1) + generator.integers(24)
    expected = size * (1 + 0.6 * np.sin(hours * 2 * np.pi / 24)) * generator.gamma(25, 1 / 25, len(hours))
    *history, now = generator.poisson(expected).tolist()
    return judge_volume(history, now).verdict.severity
