"""The importer's environment contract."""

import pytest

from contracts.environment import ConfigError
from dashboards.importer.config import Config

FULL = Config(
    opensearch_url="https://search.example",
    dashboards_url="https://search.example/_dashboards",
    opensearch_auth="basic",
    opensearch_secret_arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
    dashboards_tenant="global",
    ready_timeout_seconds=42,
)


@pytest.mark.parametrize("config", [FULL, Config(opensearch_url="http://a:1", dashboards_url="http://b:2")])
def test_the_function_reads_what_the_construct_writes(config: Config) -> None:
    assert Config.from_env(config.to_env()) == config


def test_a_trailing_slash_is_dropped() -> None:
    assert (
        Config(opensearch_url="http://a/", dashboards_url="http://b/_dashboards/").dashboards_url
        == "http://b/_dashboards"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"OPENSEARCH_URL": ""}, "OPENSEARCH_URL is not set"),
        ({"DASHBOARDS_URL": "search.example"}, "DASHBOARDS_URL must be a full http\\(s\\) URL"),
        ({"OPENSEARCH_AUTH": "iam"}, "must be one of none, sigv4, basic, not 'iam'"),
        ({"OPENSEARCH_SECRET_ARN": ""}, "needs OPENSEARCH_SECRET_ARN"),
        ({"READY_TIMEOUT_SECONDS": "soon"}, "READY_TIMEOUT_SECONDS must be a whole number, not 'soon'"),
        ({"READY_TIMEOUT_SECONDS": "²"}, "READY_TIMEOUT_SECONDS must be a whole number, not '²'"),
        ({"READY_TIMEOUT_SECONDS": "0"}, "READY_TIMEOUT_SECONDS must be above zero"),
    ],
)
def test_a_malformed_variable_is_named(change: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Config.from_env({**FULL.to_env(), **change})
