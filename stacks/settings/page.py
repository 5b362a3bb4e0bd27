"""`docs/settings.md`, written from the settings themselves: `python -m stacks.settings.page > docs/settings.md`."""

import dataclasses
import textwrap
from typing import Any

from stacks.settings import PROFILES
from stacks.settings.retired import RETIRED
from stacks.settings.settings import visible

INTRODUCTION = """# Settings

Every deploy-time choice, as `cdk deploy -c name=value`, `make deploy ARGS="-c name=value"`, or in `cdk.json` under
`context`. What you write wins over the profile. Lists are comma-separated. A default is `dev`'s, then in brackets
`production`'s where it differs. Written by `python -m stacks.settings.page`.

| setting | default | what it is |
| --- | --- | --- |
"""


LOCAL = """
## What the profile `local` sets

`predmon up` deploys with the profile `local`. It has the values of `dev`, but for these:

| setting | local |
| --- | --- |
"""


GONE = """
## Settings that are no more

A context that still has one of these deploys, and prints why it is gone:
"""


def page() -> str:
    """Return the whole page: a row a setting, in the order of the class, and what the local cloud has otherwise."""
    rows = "".join(_row(each) for each in visible())
    names = {each.name for each in visible()}
    local = "".join(f"| `{name}` | {_show(value)} |\n" for name, value in PROFILES["local"].items() if name in names)
    gone = textwrap.fill(", ".join(f"`{name}`" for name in RETIRED), 120, break_on_hyphens=False)
    return f"{INTRODUCTION}{rows}{LOCAL}{local}{GONE}{gone}.\n"


def _row(field: "dataclasses.Field[Any]") -> str:
    default = field.metadata["default"]
    production = PROFILES["production"].get(field.name, default)
    values = _show(default) + ("" if production == default else f" ({_show(production)})")
    return f"| `{field.name}` | {values} | {field.metadata['meaning']} |\n"


def _show(value: Any) -> str:
    if value in ("", ()):
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(page(), end="")
