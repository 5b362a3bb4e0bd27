"""The drift function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from drift_lambda.signals import NAMES
from drift_lambda.verdict import Rule
from function_environment import ConfigError, EnvironmentConfig

NAMESPACE = "PredictionMonitoring"
"""Of the metrics of a deployment without a name; `Config.namespace` is that of this deployment."""
SOURCE = "prediction-monitoring"
DETAIL_TYPE = "PredictionDrift"
"""What the events are called that rules match on."""
MOST_REFERENCE = 10_000
"""OpenSearch pages to the last prediction of a reference, and pages no further than this."""


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """Every choice the drift function takes from outside. A field's variable is its name in upper case."""

    opensearch_url: str
    """Full URL of the domain: `https://…`, or `http://127.0.0.1:…` locally."""
    opensearch_auth: str = "none"
    """`sigv4` signs each request as service `es` (and needs `opensearch_region`); `none` sends it bare."""
    opensearch_region: str = ""
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
    cool_down_minutes: int = 360
    """How long the same verdict on the same predictions is not sent again; a change of verdict always is."""
    dashboard_url: str = ""
    """The short link of the drift dashboard, which events carry. Empty where nobody gave it."""
    fields: tuple[str, ...] = ()
    """Further fields to watch, numbers or keywords, such as `latency_ms` or `customer.country.keyword`."""
    segment_field: str = ""
    """A keyword, such as `customer.keyword`, within whose values the label mix is compared."""
    metrics: str = "groups"
    """`groups`: one CloudWatch metric for each log group. `signals`: three more for each of its signals."""
    namespace: str = NAMESPACE
    """Where the metrics are put in CloudWatch: two deployments in an account must not share one."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        self.require_url("opensearch_url")
        self.require_choice("opensearch_auth", ("none", "sigv4"))
        if self.opensearch_auth == "sigv4" and not self.opensearch_region:
            raise ConfigError("OPENSEARCH_REGION must be set when OPENSEARCH_AUTH is sigv4")
        self.require_choice("metrics", ("groups", "signals"))
        self.require_above_zero("window_minutes", "minimum")
        self.require_at_least(0, "cool_down_minutes", "margin_minutes")
        if taken := [field for field in self.fields if field in NAMES]:
            raise ConfigError(f"FIELDS must not be {', '.join(taken)}: a signal of that name exists already")
        if not self.minimum <= self.reference_size <= MOST_REFERENCE:
            raise ConfigError(
                f"REFERENCE_SIZE must be from MINIMUM ({self.minimum}) to {MOST_REFERENCE}, not {self.reference_size}"
            )
        low, high = self.warning_effect, self.drift_effect
        if not 0 < low <= high <= 1:
            raise ConfigError(f"0 < WARNING_EFFECT <= DRIFT_EFFECT <= 1 must hold, not {low} and {high}")
