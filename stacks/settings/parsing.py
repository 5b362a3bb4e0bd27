"""From what `-c name=value` gives (always text) and `cdk.json` holds (JSON) to typed values."""

from typing import Any

from contracts.environment import read_text
from contracts.errors import UserError


class SettingsError(UserError, ValueError):
    """A setting that cannot be; the message says which, what it was, and what to write instead."""

    def __init__(self, name: str, value: Any, wanted: str) -> None:
        super().__init__(f"Setting {name}={value!r} is not possible. Write {wanted}.")
        self.name = name


def parse(name: str, wanted: type, value: Any) -> Any:
    """Return `value` as `wanted`: bool, int, str, or a tuple of strings from a list or comma-separated text."""
    if wanted is bool:
        words = {True: True, False: False, "true": True, "false": False}
        if not isinstance(value, bool | str) or value not in words:
            raise SettingsError(name, value, "true or false")
        return words[value]
    if wanted is int:
        try:
            return read_text(int, str(value))
        except ValueError as error:
            raise SettingsError(name, value, str(error)) from None
    if wanted is str:
        if not isinstance(value, str | int | float):
            raise SettingsError(name, value, "text")
        return str(value)
    items = read_text(tuple, value) if isinstance(value, str) else value
    items = list(items) if isinstance(items, tuple) else items
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise SettingsError(name, value, "texts separated by commas")
    return tuple(item.strip() for item in items if item.strip())
