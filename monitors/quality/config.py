"""The quality function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import ConfigError
from monitors.quality.judging import Rule
from monitors.reporting.config import ReportingConfig

DETAIL_TYPE = "PredictionQuality"
"""What the events are called that rules match on."""


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the quality function takes from outside. A field's variable is its name in upper case."""

    window_days: int = 7
    """The predictions that are judged were made in so many days."""
    delay_days: int = 0
    """The window ends so many days ago, for truths that take that long to be known."""
    minimum: int = Rule.minimum
    """Fewer truths than this, in the window or in the reference, are `not enough data`."""
    reference_size: int = 2000
    """How many first predictions with a truth become the reference of a log group."""
    warning_drop: float = Rule.warning_drop
    """Share of the predictions that must be wrong instead of right for a warning, 0 to 1."""
    worse_drop: float = Rule.worse_drop
    """The same for `worse`."""
    tolerance: float = 0.1
    """A value is within the tolerance when it is at most this share of the actual value away from it."""
    segments: tuple[str, ...] = ()
    """Fields of the prediction by whose values quality is also counted, such as `customer.country`."""
    retention_days: int = 0
    """Actuals are deleted when their prediction is this old; 0 keeps them."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_above_zero("window_days", "minimum")
        self.require_at_least(0, "delay_days", "retention_days", "tolerance")
        self.require_reference(self.reference_size, self.minimum)
        low, high = self.warning_drop, self.worse_drop
        if not 0 < low <= high <= 1:
            raise ConfigError(f"0 < WARNING_DROP <= WORSE_DROP <= 1 must hold, not {low} and {high}")
