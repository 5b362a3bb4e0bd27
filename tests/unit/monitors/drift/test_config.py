"""The environment contract: it survives the round trip, and what cannot work is refused by name."""

from typing import Any

import pytest

from contracts.environment import ConfigError
from monitors.drift.config import Config

URL = "https://search.example.com"


@pytest.mark.parametrize(
    "config",
    [
        Config(URL),
        Config(
            URL,
            opensearch_auth="sigv4",
            opensearch_region="eu-central-1",
            window_minutes=30,
            reference_size=5000,
            minimum=500,
            warning_effect=0.05,
            drift_effect=0.2,
            cool_down_minutes=0,
            dashboard_url="https://search.example.com/_dashboards/goto/abc",
            fields=("latency_ms", "country.keyword"),
            margin_minutes=0,
            segment_field="customer.keyword",
            metrics="signals",
        ),
    ],
)
def test_a_config_survives_the_environment(config: Config) -> None:
    assert Config.from_env(config.to_env()) == config


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "OPENSEARCH_URL is not set"),
        ({"OPENSEARCH_URL": URL, "MINIMUM": "many"}, "MINIMUM must be a whole number, not 'many'"),
    ],
)
def test_a_missing_or_malformed_variable_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Config.from_env(environment)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"opensearch_url": "search.example.com"}, "OPENSEARCH_URL"),
        ({"opensearch_auth": "basic"}, "OPENSEARCH_AUTH"),
        ({"opensearch_auth": "sigv4"}, "OPENSEARCH_REGION"),
        ({"window_minutes": 0}, "WINDOW_MINUTES"),
        ({"cool_down_minutes": -1}, "COOL_DOWN_MINUTES"),
        ({"reference_size": 100}, "REFERENCE_SIZE"),
        ({"reference_size": 20_000}, "REFERENCE_SIZE"),
        ({"warning_effect": 0.2}, "WARNING_EFFECT"),
        ({"warning_effect": 0}, "WARNING_EFFECT"),
        ({"margin_minutes": -1}, "MARGIN_MINUTES"),
        ({"fields": ("latency_ms", "score")}, "score"),
        ({"fields": ("label",)}, "label"),
        ({"fields": ("volume",)}, "volume"),
    ],
)
def test_what_cannot_work_is_refused_by_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Config(**{"opensearch_url": URL, **values})
