"""How every function of ours reads its environment: one dataclass field is one variable, named in upper case.

The package imports only the standard library, and each function's bundle carries a copy of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache, lru_cache
from typing import Any, Self, cast, get_type_hints

from contracts.errors import UserError

STORE_TEXT = ("full", "hash", "none")
"""What may be kept of a text: all of it, its hash, or nothing."""


class ConfigError(UserError, ValueError):
    """A variable is missing or malformed. The message names the variable and says what to write instead.

    `name` is the field, and `wanted` what to write instead. Both are empty where the error is about no single field.
    """

    def __init__(self, message: str, *, name: str = "", wanted: str = "") -> None:
        super().__init__(message)
        self.name, self.wanted = name, wanted


def variable(
    default: Any,
    meaning: str,
    *,
    bounds: tuple[float, float] | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """Return a field of a config that a deployment chooses. The settings take all of this from here.

    Parameters:
        default: its value where the variable is not set.
        meaning: its sentence in `docs/settings.md`.
        bounds: the lowest and the highest number that it may be.
        choices: the texts that it may be.
    """
    return field(default=default, metadata={"meaning": meaning, "bounds": bounds, "choices": choices})


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

    def __post_init__(self) -> None:
        """Raise ConfigError if a value is out of its bounds, or not one of its choices."""
        for each in fields(self):
            value, bounds = getattr(self, each.name), each.metadata.get("bounds")
            if each.metadata.get("choices"):
                self.require_choice(each.name, each.metadata["choices"])
            if bounds and not bounds[0] <= value <= bounds[1]:
                self._refuse(each.name, f"from {bounds[0]} to {bounds[1]}")

    def require_url(self, *names: str) -> None:
        """Raise ConfigError if one of these fields is not a full URL."""
        for name in names:
            if not getattr(self, name).startswith(("http://", "https://")):
                self._refuse(name, "a full http(s) URL")

    def require_choice(self, name: str, choices: tuple[str, ...]) -> None:
        """Raise ConfigError unless the field is one of `choices`."""
        if getattr(self, name) not in choices:
            self._refuse(name, f"one of {', '.join(choices)}")

    def require_order(self, low: str, high: str) -> None:
        """Raise ConfigError if the field `high` is below the field `low`."""
        least = getattr(self, low)
        if getattr(self, high) < least:
            self._refuse(high, f"at least {low.upper()} ({least})")

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
        message = f"{name.upper()} must be {wanted}, not {getattr(self, name)!r}"
        raise ConfigError(message, name=name, wanted=wanted)


@cache
def _variables(config: Any) -> tuple[str, ...]:
    """Return the variables of a config's fields, in the fields' order."""
    return tuple(field.name.upper() for field in fields(config))


@lru_cache(maxsize=1)
def _read(config: Any, texts: tuple[str | None, ...]) -> Any:
    """Return the config with these texts of its variables. Each invocation reads them; most find the same again."""
    types = get_type_hints(config)
    values: dict[str, Any] = {}
    for each, name, text in zip(fields(config), _variables(config), texts, strict=True):
        if not text and each.default is MISSING:
            raise ConfigError(f"{name} is not set")
        if text is not None:
            values[each.name] = _parse(name, types[each.name], text)
    return config(**values)


def _parse(name: str, wanted: Any, text: str) -> Any:
    try:
        return read_text(wanted, text)
    except ValueError as error:
        raise ConfigError(f"{name} must be {error}, not {text!r}") from None


def read_text(wanted: Any, text: str) -> Any:
    """Return `text` as a whole number, a number, or texts separated by commas, if `wanted` is such a type.

    Raises ValueError, which says what the text must be, such as "a whole number".
    """
    if wanted is int:
        if not re.fullmatch("-?[0-9]+", text):
            raise ValueError("a whole number")
        return int(text)
    if wanted is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError("a number") from None
    if wanted is str:
        return text
    return tuple(part for part in text.split(",") if part)


def _show(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
