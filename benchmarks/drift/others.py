"""Evidently and NannyML with their default methods and thresholds, asked about the same windows.

Their defaults, column by column, as their own drift reports choose them; called below the report, since building
one costs a hundred times the test. `--check` of simulate.py compares a few windows with the full reports.
"""

from __future__ import annotations

import os
import warnings

os.environ["DO_NOT_TRACK"] = os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # before the imports: both phone home


import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests.registry import get_stattest
from evidently.legacy.core import ColumnType
from nannyml.chunk import DefaultChunker
from nannyml.drift.univariate.calculator import DEFAULT_THRESHOLDS
from nannyml.drift.univariate.methods import FeatureType, Method, MethodFactory

from benchmarks.drift.windows import Sample

P_VALUE = 0.05
"""Evidently's default threshold where a default test gives a p-value; distances have 0.1."""
COLUMNS = {"label": "category", "score": "number", "length": "number"}


def frame(sample: Sample) -> pd.DataFrame:
    """The three columns that the two libraries look at."""
    return pd.DataFrame({name: getattr(sample, name) for name in COLUMNS})


def evidently_excess(reference: pd.DataFrame, current: pd.DataFrame) -> float:
    """How far the worst column is over Evidently's default threshold for its default test: from 1 on it drifts."""
    worst = 0.0
    for name, kind in COLUMNS.items():
        column_type = ColumnType.Categorical if kind == "category" else ColumnType.Numerical
        test = get_stattest(reference[name], current[name], column_type, None)
        result = test(reference[name], current[name], column_type, None)
        is_p_value = result.actual_threshold == P_VALUE
        excess = (
            result.actual_threshold / max(result.drift_score, 1e-300)
            if is_p_value
            else result.drift_score / result.actual_threshold
        )
        if (excess >= 1) != result.drifted and excess != 1:
            raise AssertionError(f"{test.name} is not read as Evidently reads it: {result}")
        worst = max(worst, float(excess))
    return worst


class NannyML:
    """NannyML's univariate drift calculator: Jensen-Shannon, threshold three deviations over ten chunks."""

    def __init__(self, reference: pd.DataFrame) -> None:
        self.methods: dict[str, Method] = {}
        for name, kind in COLUMNS.items():
            feature = FeatureType.CATEGORICAL if kind == "category" else FeatureType.CONTINUOUS
            method = MethodFactory.create(
                key="jensen_shannon",
                feature_type=feature,
                chunker=DefaultChunker(),
                threshold=DEFAULT_THRESHOLDS["jensen_shannon"],
                computation_params={},
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.methods[name] = method.fit(reference[name])

    def excess(self, current: pd.DataFrame) -> float:
        """How far the worst column is over its threshold: above 1 it alerts."""
        values = {name: method.calculate(current[name]) for name, method in self.methods.items()}
        return max(float(value / self.methods[name].upper_threshold_value) for name, value in values.items())


def reports_agree(reference: pd.DataFrame, current: pd.DataFrame) -> bool:
    """Whether the libraries' own full reports say what the functions above say."""
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
    from nannyml import UnivariateDriftCalculator

    definition = DataDefinition(numerical_columns=["score", "length"], categorical_columns=["label"])
    sides = [Dataset.from_pandas(side, data_definition=definition) for side in (current, reference)]
    metrics = Report([DataDriftPreset()]).run(*sides).dict()["metrics"]
    drifted = next(m["value"]["count"] for m in metrics if m["metric_name"].startswith("DriftedColumnsCount"))
    table = UnivariateDriftCalculator(column_names=list(COLUMNS)).fit(reference).calculate(current).to_df()
    ours = NannyML(reference)
    thresholds = all(
        np.isclose(table[name, "jensen_shannon", "upper_threshold"].iloc[0], method.upper_threshold_value)
        for name, method in ours.methods.items()
    )
    return bool(thresholds and (drifted > 0) == (evidently_excess(reference, current) >= 1))
