"""From what `-c name=value` gives (always text) and `cdk.json` holds (JSON) to typed values."""

import re
from typing import Any


class SettingsError(ValueError):
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
        if isinstance(value, bool) or not re.fullmatch("-?[0-9]+", str(value)):
            raise SettingsError(name, value, "a whole number")
        return int(value)
    if wanted is str:
        if not isinstance(value, str | int | float):
            raise SettingsError(name, value, "text")
        return str(value)
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise SettingsError(name, value, "texts separated by commas")
    return tuple(item.strip() for item in items if item.strip())
