"""The environment contract: what the construct writes is what the function reads."""

import pytest

from contracts.environment import ConfigError
from inference_lambda.config import Config


@pytest.mark.parametrize(
    "config",
    [
        Config(),
        Config(model_name="mine", model_uri="s3://bucket/model", model_sha256="a" * 64, store_text="hash", threads=2),
    ],
)
def test_environment_gives_back_the_same_config(config: Config) -> None:
    assert Config.from_env(config.to_env()) == config


def test_other_variables_are_ignored() -> None:
    assert Config.from_env({"PATH": "/bin", "AWS_REGION": "eu-west-1"}) == Config()


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("STORE_TEXT", "some", "full, hash, none"),
        ("THREADS", "many", "whole number"),
        ("THREADS", "0", "above zero"),
        ("MAX_SENTENCES", "-1", "above zero"),
        ("MODEL_URI", "s3://bucket/model", "MODEL_SHA256"),
    ],
)
def test_malformed_variable_fails_by_name(name: str, value: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env({name: value})

    assert advice in str(caught.value)
