"""The shipper's environment is a contract: it round-trips, and what is wrong in it is named."""

import pytest

from contracts.environment import ConfigError
from lambda_shipper.config import Config


@pytest.mark.parametrize(
    "config",
    [
        Config(opensearch_url="http://127.0.0.1:9200"),
        Config(
            opensearch_url="https://search-x.eu-central-1.es.amazonaws.com",
            opensearch_auth="sigv4",
            opensearch_region="eu-central-1",
            failure_bucket="failures",
            store_text="hash",
            chunk_bytes=1_000_000,
            compress="gzip",
            max_batch_bytes=5_000_000,
            request_timeout_seconds=2.5,
            replay_attempts=3,
        ),
    ],
)
def test_environment_round_trips(config: Config) -> None:
    assert Config.from_env(config.to_env()) == config


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"OPENSEARCH_URL": ""}, "OPENSEARCH_URL"),
        ({"OPENSEARCH_URL": "search-x.es.amazonaws.com"}, "OPENSEARCH_URL"),
        ({"OPENSEARCH_AUTH": "basic"}, "OPENSEARCH_AUTH"),
        ({"OPENSEARCH_AUTH": "sigv4"}, "OPENSEARCH_REGION"),
        ({"STORE_TEXT": "some"}, "STORE_TEXT"),
        ({"COMPRESS": "zstd"}, "COMPRESS"),
        ({"CHUNK_BYTES": "5 MiB"}, "CHUNK_BYTES"),
        ({"CHUNK_BYTES": "0"}, "CHUNK_BYTES"),
        ({"MAX_BATCH_BYTES": "-1"}, "MAX_BATCH_BYTES"),
        ({"REQUEST_TIMEOUT_SECONDS": "soon"}, "REQUEST_TIMEOUT_SECONDS"),
        ({"REPLAY_ATTEMPTS": "2.5"}, "REPLAY_ATTEMPTS"),
    ],
)
def test_wrong_variable_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Config.from_env({"OPENSEARCH_URL": "http://127.0.0.1:9200", **changes})
