"""The environment of the function that looks after past days: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import variable
from monitors.reporting.config import ReportingConfig

METRIC = "ShardsPercent"
"""Share of the shards that the domain may have which it has."""


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the function takes from outside. A field's variable is its name in upper case."""

    retention_days: int = variable(
        400,
        "days after which predictions, lines kept raw and actuals are deleted; 0 keeps them for ever",
        bounds=(0, 3650),
    )
