"""The part of the environment that every function which reports on a schedule reads."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.environment import ConfigError, EnvironmentConfig, variable
from monitors.reporting.metrics import NAMESPACE

MOST_REFERENCE = 10_000
"""OpenSearch pages to the last row of a reference, and pages no further than this."""


@dataclass(frozen=True)
class ReportingConfig(EnvironmentConfig):
    """Where the domain is, and whom the reports reach. A field's variable is its name in upper case."""

    opensearch_url: str
    """Full URL of the domain: `https://…`, or `http://127.0.0.1:…` locally."""
    opensearch_auth: str = "none"
    """`sigv4` signs each request as service `es` (and needs `opensearch_region`); `none` sends it bare."""
    opensearch_region: str = ""
    cool_down_minutes: int = 360
    """How long the same judgement of the same predictions is not sent again; a change always is."""
    act: str = variable(
        "once",
        "once: what on_drift and on_worse name is done once for an incident; dry_run: it is only said what would be",
        choices=("once", "dry_run"),
    )
    dashboard_url: str = ""
    """The short link of the dashboard, which the events carry. Empty where nobody gave it."""
    namespace: str = NAMESPACE
    """Where the metrics are put in CloudWatch: two deployments in an account must not share one."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_url("opensearch_url")
        self.require_choice("opensearch_auth", ("none", "sigv4"))
        if self.opensearch_auth == "sigv4" and not self.opensearch_region:
            raise ConfigError("OPENSEARCH_REGION must be set when OPENSEARCH_AUTH is sigv4")
        self.require_at_least(0, "cool_down_minutes")
