"""The quality function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from function_environment import ConfigError, EnvironmentConfig
from quality_lambda.judging import Rule

NAMESPACE = "PredictionMonitoring"
"""Of the metrics of a deployment without a name; `Config.namespace` is that of this deployment."""
SOURCE = "prediction-monitoring"
DETAIL_TYPE = "PredictionQuality"
"""What the events are called that rules match on."""
MOST_REFERENCE = 10_000
"""OpenSearch pages to the last row of a reference, and pages no further than this."""


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """Every choice the quality function takes from outside. A field's variable is its name in upper case."""

    opensearch_url: str
    """Full URL of the domain: `https://…`, or `http://127.0.0.1:…` locally."""
    opensearch_auth: str = "none"
    """`sigv4` signs each request as service `es` (and needs `opensearch_region`); `none` sends it bare."""
    opensearch_region: str = ""
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
    cool_down_minutes: int = 360
    """How long the same judgement of the same predictions is not sent again; a change always is."""
    dashboard_url: str = ""
    """The short link of the dashboard Quality, which the events carry."""
    namespace: str = NAMESPACE
    """Where the metrics are put in CloudWatch: two deployments in an account must not share one."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        self.require_url("opensearch_url")
        self.require_choice("opensearch_auth", ("none", "sigv4"))
        if self.opensearch_auth == "sigv4" and not self.opensearch_region:
            raise ConfigError("OPENSEARCH_REGION must be set when OPENSEARCH_AUTH is sigv4")
        self.require_above_zero("window_days", "minimum")
        self.require_at_least(0, "delay_days", "retention_days", "cool_down_minutes", "tolerance")
        if not self.minimum <= self.reference_size <= MOST_REFERENCE:
            raise ConfigError(
                f"REFERENCE_SIZE must be from MINIMUM ({self.minimum}) to {MOST_REFERENCE}, not {self.reference_size}"
            )
        low, high = self.warning_drop, self.worse_drop
        if not 0 < low <= high <= 1:
            raise ConfigError(f"0 < WARNING_DROP <= WORSE_DROP <= 1 must hold, not {low} and {high}")
