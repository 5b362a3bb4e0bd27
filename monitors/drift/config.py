"""The drift function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import variable
from monitors.drift.judgement.signals import NAMES
from monitors.drift.judgement.verdict import Rule
from monitors.reporting.config import MOST_REFERENCE, ReportingConfig

DETAIL_TYPE = "PredictionDrift"
"""What the events are called that rules match on."""


@dataclass(frozen=True)
class Config(ReportingConfig):
    """Every choice the drift function takes from outside. A field's variable is its name in upper case."""

    window_minutes: int = variable(60, "length of the window that is compared, minutes", bounds=(1, 10_080))
    margin_minutes: int = 5
    """How long before a scheduled run its window ends, so that all of its predictions have arrived."""
    reference_size: int = variable(
        2000, "first predictions of a model version that become its reference", bounds=(50, MOST_REFERENCE)
    )
    minimum: int = variable(
        Rule.minimum, "fewer predictions in a window than this are not enough data", bounds=(50, MOST_REFERENCE)
    )
    warning_effect: float = Rule.warning_effect
    """Share of the predictions that must have changed for a warning, 0 to 1."""
    drift_effect: float = variable(
        Rule.drift_effect, "percent of the predictions that must have changed for drift", bounds=(0.01, 1)
    )
    fields: tuple[str, ...] = variable(
        (),
        "fields to watch, each as a signal of its own: latency_ms, lang.keyword; "
        "-debug.* leaves columns of the input out, -* all of them",
    )
    on_drift: str = variable(
        "",
        "what drift starts: the ARN of a state machine, pipeline, function, queue or topic, or rollback: the served "
        "model goes back to the version before",
    )
    segment_field: str = variable("", "a keyword field within whose values the label mix is compared: customer.keyword")
    metrics: str = variable(
        "groups",
        "groups: a CloudWatch metric for each log group; signals: three more for each signal",
        choices=("groups", "signals"),
    )

    @property
    def named_fields(self) -> tuple[str, ...]:
        """The fields that are signals of their own."""
        return tuple(field for field in self.fields if not field.startswith("-"))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Patterns of the input's columns that are not watched."""
        return tuple(field[1:] for field in self.fields if field.startswith("-"))

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_at_least(0, "margin_minutes")
        if taken := [field for field in self.fields if field in NAMES]:
            self._refuse("fields", f"fields that are not watched anyway: {', '.join(taken)} is a signal of its own")
        self.require_order("minimum", "reference_size")
        self.require_above_zero("warning_effect")
        self.require_order("warning_effect", "drift_effect")
