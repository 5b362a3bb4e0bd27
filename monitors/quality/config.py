"""The quality function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import variable
from monitors.quality.judging import Rule
from monitors.reporting.config import MOST_REFERENCE, ReportingConfig

DETAIL_TYPE = "PredictionQuality"
"""What the events are called that rules match on."""


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the quality function takes from outside. A field's variable is its name in upper case."""

    window_days: int = variable(7, "days of predictions that are judged together", bounds=(1, 90))
    delay_days: int = variable(
        0,
        "days after which the truth is usually known; the window ends that many days ago. With 0 it ends where the "
        "truth has mostly arrived, as the truths themselves show",
        bounds=(0, 365),
    )
    minimum: int = variable(
        Rule.minimum, "fewer truths in a window, or in the reference, are not enough data", bounds=(20, MOST_REFERENCE)
    )
    reference_size: int = variable(
        2000, "first predictions with a truth that become the reference of a log group", bounds=(50, MOST_REFERENCE)
    )
    warning_drop: float = Rule.warning_drop
    """Share of the predictions that must be wrong instead of right for a warning, 0 to 1."""
    worse_drop: float = variable(Rule.worse_drop, "points of accuracy that must be lost to be worse", bounds=(0.01, 1))
    tolerance: float = variable(
        0.1, "percent by which a predicted value may be off and still count as within the tolerance", bounds=(0, 10)
    )
    on_worse: str = variable("", "what a worse quality starts: as on_drift")
    segments: tuple[str, ...] = variable((), "fields by whose values quality is also counted: customer.country")
    found_segments: tuple[str, ...] = ()
    """Fields by which quality is counted, too: no setting, but what each run finds (found_segments.py)."""
    retention_days: int = variable(0, "days after which actuals are deleted; 0 keeps them for ever", bounds=(0, 3650))

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_order("minimum", "reference_size")
        self.require_above_zero("warning_drop")
        self.require_order("warning_drop", "worse_drop")

    def rule(self) -> Rule:
        """Return the rule with the deployment's thresholds."""
        return Rule(minimum=self.minimum, warning_drop=self.warning_drop, worse_drop=self.worse_drop)
