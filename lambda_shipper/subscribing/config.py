"""The subscribing function's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import EnvironmentConfig


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """What is subscribed to what. A field's variable is its name in upper case."""

    patterns: tuple[str, ...]
    """Names of log groups in which `*` stands for any letters."""
    destination_arn: str
    """The shipper or its stream."""
    filter_name: str
    """The name of each filter that this function makes. No other filter has it."""
    filter_pattern: str
    left_out: tuple[str, ...] = ()
    """Names and patterns that are not subscribed."""
    role_arn: str = ""
    """What CloudWatch Logs writes into a stream with; empty for a function."""
    system_fields: tuple[str, ...] = ()
    """What a filter says of the source of copied logs."""
    on_transformed: int = 0
    """1 to take lines as the group's transformer made them."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work."""
        super().__post_init__()
        self.require_at_least(0, "on_transformed")
