"""The environment of the function that looks after past days: one typed place, read once per invocation."""

from dataclasses import dataclass

from monitors.reporting.config import ReportingConfig


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the function takes from outside. A field's variable is its name in upper case."""

    retention_days: int = 0
    """Predictions and lines kept raw are deleted when their day is this many days over; 0 keeps them for ever."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_at_least(0, "retention_days")
