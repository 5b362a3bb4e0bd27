"""How every function of ours reads its environment: one dataclass field is one variable, named in upper case.

The package imports only the standard library, and each function's bundle carries a copy of it.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache, lru_cache
from typing import Any, Self, cast, get_type_hints


class ConfigError(ValueError):
    """A variable is missing or malformed. The message names the variable and says what to write instead."""


@dataclass(frozen=True)
class EnvironmentConfig:
    """Base of a function's `Config`. Fields are text, whole numbers, numbers, or tuples of text without commas.

    `Config.from_env(config.to_env()) == config` holds for every config.
    """

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that are set; a field without one has its default.

        Raises:
            ConfigError: a field without a default has no variable, or a value is malformed.
        """
        variables = _variables(cast(Hashable, cls))
        return cast(Self, _read(cast(Hashable, cls), tuple(map(environ.get, variables))))

    def to_env(self) -> dict[str, str]:
        """Return the variables that `from_env` reads back as an equal config."""
        return {field.name.upper(): _show(getattr(self, field.name)) for field in fields(self)}

    def require_url(self, *names: str) -> None:
        """Raise ConfigError if one of these fields is not a full URL."""
        for name in names:
            if not getattr(self, name).startswith(("http://", "https://")):
                self._refuse(name, "a full http(s) URL")

    def require_choice(self, name: str, choices: tuple[str, ...]) -> None:
        """Raise ConfigError if the field is none of `choices`."""
        if getattr(self, name) not in choices:
            self._refuse(name, f"one of {', '.join(choices)}")

    def require_at_least(self, low: float, *names: str) -> None:
        """Raise ConfigError if one of these fields is below `low`."""
        for name in names:
            if getattr(self, name) < low:
                self._refuse(name, f"{low} or more")

    def require_above_zero(self, *names: str) -> None:
        """Raise ConfigError if one of these fields is zero or below."""
        for name in names:
            if getattr(self, name) <= 0:
                self._refuse(name, "above zero")

    def _refuse(self, name: str, wanted: str) -> None:
        raise ConfigError(f"{name.upper()} must be {wanted}, not {getattr(self, name)!r}")


@cache
def _variables(config: Any) -> tuple[str, ...]:
    """Return the variables of a config's fields, in the fields' order."""
    return tuple(field.name.upper() for field in fields(config))


@lru_cache(maxsize=1)
def _read(config: Any, texts: tuple[str | None, ...]) -> Any:
    """Return the config with these texts of its variables. Each invocation reads them; most find the same again."""
    types = get_type_hints(config)
    values: dict[str, Any] = {}
    for field, variable, text in zip(fields(config), _variables(config), texts, strict=True):
        if not text and field.default is MISSING:
            raise ConfigError(f"{variable} is not set")
        if text is not None:
            values[field.name] = _parse(variable, types[field.name], text)
    return config(**values)


def _parse(variable: str, wanted: Any, text: str) -> Any:
    if wanted is int or wanted is float:
        try:
            return wanted(text)
        except ValueError:
            kind = "a whole number" if wanted is int else "a number"
            raise ConfigError(f"{variable} must be {kind}, not {text!r}") from None
    if wanted is str:
        return text
    return tuple(part for part in text.split(",") if part)


def _show(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
