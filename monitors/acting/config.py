"""The environment contract of the acting function."""

from dataclasses import dataclass

from contracts.environment import EnvironmentConfig


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """What to do, and with which function. A field's variable is its name in upper case."""

    on_drift: str = ""
    """An ARN, `rollback`, or nothing."""
    on_worse: str = ""
    """The same, for a quality that is worse."""
    function_name: str = ""
    """The served model's function, for `rollback`."""
    namespace: str = "PredictionMonitoring"
    """Where the metric is put in CloudWatch."""
