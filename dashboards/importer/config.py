"""The importer's environment contract: the only place that reads ``os.environ``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

AUTH_WAYS = ("none", "sigv4", "basic")


@dataclass(frozen=True)
class Config:
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
        for name in ("opensearch_url", "dashboards_url"):
            url = getattr(self, name)
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"{name.upper()} must be a full URL such as https://host, got {url!r}")
            object.__setattr__(self, name, url.rstrip("/"))
        if self.opensearch_auth not in AUTH_WAYS:
            raise ValueError(f"OPENSEARCH_AUTH must be one of {', '.join(AUTH_WAYS)}, got {self.opensearch_auth!r}")
        if self.opensearch_auth == "basic" and not self.opensearch_secret_arn:
            raise ValueError("OPENSEARCH_AUTH=basic needs OPENSEARCH_SECRET_ARN")
        if self.ready_timeout_seconds <= 0:
            raise ValueError("READY_TIMEOUT_SECONDS must be greater than 0")

    def to_env(self) -> dict[str, str]:
        """The environment from which :meth:`from_env` reads an equal config."""
        return {each.name.upper(): str(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the contract; a missing or malformed variable raises ``ValueError`` that names it."""
        for name in ("OPENSEARCH_URL", "DASHBOARDS_URL"):
            if not environ.get(name):
                raise ValueError(f"the environment variable {name} is not set")
        values: dict[str, Any] = {}
        for each in fields(cls):
            name = each.name.upper()
            try:
                if name in environ:
                    values[each.name] = int(environ[name]) if each.type is int else environ[name]
            except ValueError:
                raise ValueError(f"{name} must be a whole number, got {environ[name]!r}") from None
        return cls(**values)
