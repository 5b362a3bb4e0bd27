"""The drift function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import ConfigError
from monitors.drift.judgement.signals import NAMES
from monitors.drift.judgement.verdict import Rule
from monitors.reporting.config import ReportingConfig

DETAIL_TYPE = "PredictionDrift"
"""What the events are called that rules match on."""


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the drift function takes from outside. A field's variable is its name in upper case."""

    window_minutes: int = 60
    """Length of the window that is compared."""
    margin_minutes: int = 5
    """How long before a scheduled run its window ends, so that all of its predictions have arrived."""
    reference_size: int = 2000
    """How many first predictions of a model version become its reference."""
    minimum: int = Rule.minimum
    """Fewer predictions than this in either window are `not enough data`."""
    warning_effect: float = Rule.warning_effect
    """Share of the predictions that must have changed for a warning, 0 to 1."""
    drift_effect: float = Rule.drift_effect
    """The same for drift."""
    fields: tuple[str, ...] = ()
    """Further fields to watch, numbers or keywords, such as `latency_ms` or `customer.country.keyword`."""
    segment_field: str = ""
    """A keyword, such as `customer.keyword`, within whose values the label mix is compared."""
    metrics: str = "groups"
    """`groups`: one CloudWatch metric for each log group. `signals`: three more for each of its signals."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_choice("metrics", ("groups", "signals"))
        self.require_above_zero("window_minutes", "minimum")
        self.require_at_least(0, "margin_minutes")
        if taken := [field for field in self.fields if field in NAMES]:
            raise ConfigError(f"FIELDS must not be {', '.join(taken)}: a signal of that name exists already")
        self.require_reference(self.reference_size, self.minimum)
        low, high = self.warning_effect, self.drift_effect
        if not 0 < low <= high <= 1:
            raise ConfigError(f"0 < WARNING_EFFECT <= DRIFT_EFFECT <= 1 must hold, not {low} and {high}")
