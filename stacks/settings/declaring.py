"""How a setting is declared: by itself, or by the function that it is passed to."""

from dataclasses import field, fields
from typing import Any

from contracts.environment import EnvironmentConfig

FROM_PROFILE = object()
"""The value of a field that nobody gave: it is replaced by the profile's."""


def setting(
    default: Any, meaning: str, *, bounds: tuple[int, int] | None = None, choices: tuple[Any, ...] | None = None
) -> Any:
    """Return a dataclass field. `meaning` is its line in `docs/settings.md`; `bounds` are both allowed."""
    metadata = {"default": default, "meaning": meaning, "bounds": bounds, "choices": choices}
    return field(default=FROM_PROFILE, metadata=metadata)


def passed(name: str, *configs: type[EnvironmentConfig], per: int = 1) -> Any:
    """Return a dataclass field that the functions with `configs` get as their field `name`, which declares it.

    With `per` the setting counts in such parts: in percent with 100, where the function has a share.
    """
    declared = next(each for each in fields(configs[0]) if each.name == name)
    bounds = declared.metadata["bounds"]
    default: Any = declared.default
    made = setting(
        round(default * per) if per > 1 else default,
        declared.metadata["meaning"],
        bounds=bounds and (round(bounds[0] * per), round(bounds[1] * per)),
        choices=declared.metadata["choices"],
    )
    return field(default=made.default, metadata={**made.metadata, "passed": (name, configs, per)})


HIDDEN = {"meaning": "", "bounds": None, "choices": None, "hidden": True}
"""Metadata of a field that no context sets and no page shows."""
