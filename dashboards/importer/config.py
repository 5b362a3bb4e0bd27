"""The importer's environment contract: the only place that reads ``os.environ``."""

import os
from dataclasses import dataclass

AUTH_WAYS = ("none", "sigv4", "basic")


@dataclass(frozen=True)
class Config:
    """Where OpenSearch and Dashboards are and how to sign in. URLs carry no trailing slash."""

    opensearch_url: str
    dashboards_url: str
    auth: str = "none"
    secret_arn: str = ""
    """Secrets Manager secret ``{"username", "password"}``; needed for ``basic`` only."""
    tenant: str = ""
    """The Dashboards tenant to import into, ``global`` for everyone; empty where the domain has no tenants."""
    ready_timeout_seconds: int = 600

    def __post_init__(self) -> None:
        for name in ("opensearch_url", "dashboards_url"):
            url = getattr(self, name)
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"{name.upper()} must be a full URL such as https://host, got {url!r}")
            object.__setattr__(self, name, url.rstrip("/"))
        if self.auth not in AUTH_WAYS:
            raise ValueError(f"OPENSEARCH_AUTH must be one of {', '.join(AUTH_WAYS)}, got {self.auth!r}")
        if self.auth == "basic" and not self.secret_arn:
            raise ValueError("OPENSEARCH_AUTH=basic needs OPENSEARCH_SECRET_ARN")
        if self.ready_timeout_seconds <= 0:
            raise ValueError("READY_TIMEOUT_SECONDS must be greater than 0")

    def to_env(self) -> dict[str, str]:
        """The environment from which :meth:`from_env` reads an equal config."""
        return {
            "OPENSEARCH_URL": self.opensearch_url,
            "DASHBOARDS_URL": self.dashboards_url,
            "OPENSEARCH_AUTH": self.auth,
            "OPENSEARCH_SECRET_ARN": self.secret_arn,
            "DASHBOARDS_TENANT": self.tenant,
            "READY_TIMEOUT_SECONDS": str(self.ready_timeout_seconds),
        }

    @classmethod
    def from_env(cls, env: dict[str, str] | None = None) -> "Config":
        """Read the contract; a missing or malformed variable raises ``ValueError`` that names it."""
        values = os.environ if env is None else env
        for name in ("OPENSEARCH_URL", "DASHBOARDS_URL"):
            if not values.get(name):
                raise ValueError(f"the environment variable {name} is not set")
        timeout = values.get("READY_TIMEOUT_SECONDS", "600")
        if not timeout.isdigit():
            raise ValueError(f"READY_TIMEOUT_SECONDS must be a whole number of seconds, got {timeout!r}")
        return cls(
            opensearch_url=values["OPENSEARCH_URL"],
            dashboards_url=values["DASHBOARDS_URL"],
            auth=values.get("OPENSEARCH_AUTH", "none"),
            secret_arn=values.get("OPENSEARCH_SECRET_ARN", ""),
            tenant=values.get("DASHBOARDS_TENANT", ""),
            ready_timeout_seconds=int(timeout),
        )
