"""The draining function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import EnvironmentConfig


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """What is drained, and where the shipper says so. A field's variable is its name in upper case."""

    stream_name: str
    failure_bucket: str
    grace_seconds: int = 60
    """How long CloudWatch Logs may go on writing into a stream that no filter names any more."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work."""
        super().__post_init__()
        self.require_at_least(0, "grace_seconds")
