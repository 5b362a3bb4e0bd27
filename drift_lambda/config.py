"""The drift function's environment: one typed place, read once per invocation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from drift_lambda.verdict import Rule

NAMESPACE = "PredictionMonitoring"
SOURCE = "prediction-monitoring"
DETAIL_TYPE = "PredictionDrift"
"""What the events are called that rules match on."""
MOST_REFERENCE = 10_000
"""OpenSearch pages to the last prediction of a reference, and pages no further than this."""


class ConfigError(ValueError):
    """A variable is missing or malformed; the message names it."""


@dataclass(frozen=True)
class Config:
    """Every choice the drift function takes from outside. A field's variable is its name in upper case."""

    opensearch_url: str
    """Full URL of the domain: `https://…`, or `http://127.0.0.1:…` locally."""
    opensearch_auth: str = "none"
    """`sigv4` signs each request as service `es` (and needs `opensearch_region`); `none` sends it bare."""
    opensearch_region: str = ""
    window_minutes: int = 60
    """Length of the window that is compared; it ends when the run starts."""
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
    fields: tuple[str, ...] = ()
    """Further fields to watch, numbers or keywords, such as `latency_ms` or `customer.country.keyword`."""

    def __post_init__(self) -> None:
        """Refuse by name what cannot work, before the first line of work is done."""
        if not self.opensearch_url.startswith(("http://", "https://")):
            raise ConfigError(f"OPENSEARCH_URL must be a full http(s) URL, not {self.opensearch_url!r}")
        if self.opensearch_auth not in ("none", "sigv4"):
            raise ConfigError(f"OPENSEARCH_AUTH must be none or sigv4, not {self.opensearch_auth!r}")
        if self.opensearch_auth == "sigv4" and not self.opensearch_region:
            raise ConfigError("OPENSEARCH_REGION must be set when OPENSEARCH_AUTH is sigv4")
        for name in ("window_minutes", "minimum"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name.upper()} must be above zero, not {getattr(self, name)}")
        if self.cool_down_minutes < 0:
            raise ConfigError(f"COOL_DOWN_MINUTES must be 0 or more, not {self.cool_down_minutes}")
        if not self.minimum <= self.reference_size <= MOST_REFERENCE:
            raise ConfigError(
                f"REFERENCE_SIZE must be from MINIMUM ({self.minimum}) to {MOST_REFERENCE}, not {self.reference_size}"
            )
        low, high = self.warning_effect, self.drift_effect
        if not 0 < low <= high <= 1:
            raise ConfigError(f"0 < WARNING_EFFECT <= DRIFT_EFFECT <= 1 must hold, not {low} and {high}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the environment; raises `ConfigError` naming the variable that is missing or malformed."""
        if not environ.get("OPENSEARCH_URL"):
            raise ConfigError("OPENSEARCH_URL is not set")
        values: dict[str, Any] = {}
        for each in fields(cls):
            name = each.name.upper()
            text = environ.get(name)
            if text is None:
                continue
            if each.type == "tuple[str, ...]":
                values[each.name] = tuple(part for part in text.split(",") if part)
                continue
            try:
                values[each.name] = {"int": int, "float": float}.get(str(each.type), str)(text)
            except ValueError:
                raise ConfigError(f"{name} must be a number, not {text!r}") from None
        return cls(**values)

    def to_env(self) -> dict[str, str]:
        """Give the variables that `from_env` reads back as an equal `Config`."""
        values = {each.name.upper(): getattr(self, each.name) for each in fields(self)}
        return {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in values.items()}
