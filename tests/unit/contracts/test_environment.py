"""One reader of a function's environment: it round-trips, and names what is missing or malformed."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.environment import ConfigError, EnvironmentConfig

NAMES = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1)


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """A contract as a function of ours has one."""

    name: str
    count: int = 1
    share: float = 0.5
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.require_at_least(0, "share")
        self.require_above_zero("count")


@given(NAMES, st.integers(min_value=1), st.floats(min_value=0, allow_nan=False), st.lists(NAMES).map(tuple))
def test_every_config_survives_the_environment(name: str, count: int, share: float, fields: tuple[str, ...]) -> None:
    config = Config(name, count, share, fields)

    assert Config.from_env(config.to_env()) == config


def test_a_variable_that_is_not_set_leaves_the_default() -> None:
    assert Config.from_env({"NAME": "a", "PATH": "/bin"}) == Config("a")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "NAME is not set"),
        ({"NAME": ""}, "NAME is not set"),
        ({"NAME": "a", "COUNT": "2.5"}, "COUNT must be a whole number, not '2.5'"),
        ({"NAME": "a", "SHARE": "half"}, "SHARE must be a number, not 'half'"),
        ({"NAME": "a", "SHARE": "-1"}, "SHARE must be 0 or more, not -1.0"),
        ({"NAME": "a", "COUNT": "0"}, "COUNT must be above zero, not 0"),
    ],
)
def test_a_missing_or_malformed_variable_is_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Config.from_env(environ)
