"""The settings of each deployment of a local cloud. The next `up` of that deployment uses them again."""

import json
from collections.abc import Mapping
from pathlib import Path


def read_all(file: Path) -> dict[str, dict[str, str]]:
    """Return the name of each deployment and its `-c` settings. The name itself is not among the settings."""
    if not file.exists():
        return {}
    found = json.loads(file.read_text())
    if any(isinstance(value, str) for value in found.values()):
        # An earlier version remembered one deployment only, with its name among the settings.
        found = {found.get("name", ""): found}
    return {name: _without_name(settings) for name, settings in found.items()}


def write(file: Path, name: str, settings: Mapping[str, str]) -> None:
    """Remember the settings of the deployment `name`."""
    file.write_text(json.dumps(read_all(file) | {name: _without_name(settings)}))


def _without_name(settings: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key != "name"}
