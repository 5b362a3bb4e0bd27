"""The importer's environment contract: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import ConfigError, EnvironmentConfig

AUTH_WAYS = ("none", "sigv4", "basic")


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """Where OpenSearch and Dashboards are and how to sign in. A field's variable is its name in upper case."""

    opensearch_url: str
    dashboards_url: str
    """Both are kept without a trailing slash."""
    opensearch_auth: str = "none"
    opensearch_secret_arn: str = ""
    """Secrets Manager secret ``{"username", "password"}``; needed for ``basic`` only."""
    dashboards_tenant: str = ""
    """The Dashboards tenant to import into, ``global`` for everyone; empty where the domain has no tenants."""
    ready_timeout_seconds: int = 600

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work."""
        self.require_url("opensearch_url", "dashboards_url")
        for name in ("opensearch_url", "dashboards_url"):
            object.__setattr__(self, name, getattr(self, name).rstrip("/"))
        self.require_choice("opensearch_auth", AUTH_WAYS)
        if self.opensearch_auth == "basic" and not self.opensearch_secret_arn:
            raise ConfigError("OPENSEARCH_AUTH=basic needs OPENSEARCH_SECRET_ARN")
        self.require_above_zero("ready_timeout_seconds")
