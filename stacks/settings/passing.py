"""The settings that functions are passed, under the names that their configs have."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from contracts.environment import EnvironmentConfig
from lambda_shipper.config import Config as ShipperConfig
from monitors.drift.config import Config as DriftConfig
from monitors.quality.config import Config as QualityConfig
from stacks.settings.choices import Choices

CONFIGS: tuple[type[Any], ...] = (DriftConfig, QualityConfig, ShipperConfig)
"""The configs that check settings, by themselves and against each other."""


def passed_to(config: type[EnvironmentConfig], settings: Choices) -> dict[str, Any]:
    """Return the values of a function's config that settings give, by the names of its fields."""
    values = {}
    for each in fields(Choices):
        name, configs, per = each.metadata.get("passed", ("", (), 1))
        if config in configs:
            value = getattr(settings, each.name)
            values[name] = value / per if per > 1 else value
    return values


def list_passed_names(config: type[EnvironmentConfig]) -> Iterator[tuple[str, str]]:
    """Yield each setting that the function is passed, and the name of the field in its config."""
    for each in fields(Choices):
        name, configs, _ = each.metadata.get("passed", ("", (), 1))
        if config in configs:
            yield each.name, name
