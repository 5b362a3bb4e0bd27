"""How far our measures are from Evidently's and SciPy's, on made-up windows and on the repository's own sentences."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import jensenshannon_stat_test, psi_stat_test
from evidently.legacy.core import ColumnType
from scipy import special, stats

from benchmarks.drift.table import agreement
from benchmarks.drift.windows import Drift, draw
from monitors.drift.statistics import distances, mix_tests
from monitors.drift.statistics.distribution import count_numbers

SENTENCES = Path(__file__).parents[2] / "predmon" / "local" / "sentences.csv"
Pair = tuple[np.ndarray, np.ndarray]


def samples() -> Iterator[tuple[str, Pair]]:
    """Pairs of windows: words and numbers, with and without drift, made up and real."""
    generator = np.random.default_rng(8)
    drifts = (Drift(), Drift(label_points=10), Drift(score_logit=-0.5), Drift(length_factor=2))
    for size in (200, 500, 2000):
        for drift in drifts:
            before, now = draw(generator, 2000, Drift()), draw(generator, size, drift)
            for name in ("label", "score", "length"):
                yield "made up", (getattr(before, name), getattr(now, name))
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    random.Random(8).shuffle(lines)
    halves = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    yield "sentences", (np.array([len(line) for line in halves[0]]), np.array([len(line) for line in halves[1]]))
    yield (
        "sentences",
        (np.array([line[:1].lower() for line in halves[0]]), np.array([line[:1].lower() for line in halves[1]])),
    )


def counted(pair: Pair) -> tuple[list[int], list[int]]:
    """Both windows in one set of bins: Evidently's own for numbers, the values for words."""
    both = np.concatenate(pair)
    if both.dtype.kind in "fi":
        edges = np.histogram_bin_edges(both, bins="sturges")
        before, now = (np.histogram(side, edges)[0].tolist() for side in pair)
        return before, now
    values = sorted(set(both.tolist()))
    before, now = ([int((side == value).sum()) for value in values] for side in pair)
    return before, now


def differences() -> dict[tuple[str, str], float]:
    """Measure and kind of data → the largest difference."""
    worst: dict[tuple[str, str], float] = {}
    for kind, pair in samples():
        before, now = counted(pair)
        is_number = pair[0].dtype.kind in "fi"
        column_type = ColumnType.Numerical if is_number else ColumnType.Categorical
        series = [pd.Series(side) for side in pair]
        evidently_psi = psi_stat_test(*series, column_type, None).drift_score
        evidently_distance = jensenshannon_stat_test(*series, column_type, None).drift_score
        chi = stats.chi2_contingency([row for row in zip(before, now, strict=True) if any(row)], correction=False)
        found = {
            "PSI, Evidently": distances.psi(before, now) - evidently_psi,
            "Jensen-Shannon, Evidently": distances.jensen_shannon(before, now) * math.sqrt(math.log(2))
            - evidently_distance,
            "chi-squared p, SciPy": mix_tests.chi_squared(before, now).p_value() - chi.pvalue,
        }
        if is_number:
            edges = np.unique(np.concatenate(pair)).tolist()
            single = [count_numbers(side.tolist(), edges).counts for side in pair]
            theirs = stats.ks_2samp(*pair, method="asymp")
            distance, p_value = distances.kolmogorov_smirnov(*single)
            effective = len(pair[0]) * len(pair[1]) / (len(pair[0]) + len(pair[1]))
            limit = special.kolmogorov(math.sqrt(effective) * distance)
            found |= {
                "Kolmogorov-Smirnov distance, SciPy": distance - theirs.statistic,
                "Kolmogorov's limit, SciPy": p_value - limit,
                "Kolmogorov-Smirnov p, SciPy's ks_2samp": p_value - theirs.pvalue,
            }
        for name, difference in found.items():
            worst[name, kind] = max(worst.get((name, kind), 0.0), abs(float(difference)))
    return worst


if __name__ == "__main__":
    print(agreement(differences()))
