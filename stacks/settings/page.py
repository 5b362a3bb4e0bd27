"""`docs/settings.md`, written from the settings themselves: `python -m stacks.settings.page > docs/settings.md`."""

import dataclasses
from typing import Any

from stacks.settings import PROFILES
from stacks.settings.retired import RETIRED
from stacks.settings.settings import visible

INTRODUCTION = """# Settings

Every deploy-time choice, as `cdk deploy -c name=value`, `make deploy ARGS="-c name=value"`, or in `cdk.json` under
`context`. A profile sets what differs from `dev`; whatever you write beside it wins. Written by
`python -m stacks.settings.page`.

| setting | dev | production | what it is |
| --- | --- | --- | --- |
"""


LOCAL = """
## What the profile `local` sets

`predmon up` deploys with the profile `local`. It has the values of `dev`, but for these:

| setting | local |
| --- | --- |
"""


GONE = """
## Settings that are no more

A context that still has one of these deploys, and prints its line.

| setting | what there is instead, and why |
| --- | --- |
"""


def page() -> str:
    """The whole page: a row a setting, in the order of the class, and what the local cloud has otherwise."""
    rows = "".join(_row(each) for each in visible())
    names = {each.name for each in visible()}
    local = "".join(f"| `{name}` | {_show(value)} |\n" for name, value in PROFILES["local"].items() if name in names)
    gone = "".join(f"| `{name}` | {why} |\n" for name, why in RETIRED.items())
    return INTRODUCTION + rows + LOCAL + local + GONE + gone


def _row(field: "dataclasses.Field[Any]") -> str:
    default = field.metadata["default"]
    production = PROFILES["production"].get(field.name, default)
    if field.name == "profile":
        production = "production"
    cells = (
        f"`{field.name}`",
        _show(default),
        "" if production == default else _show(production),
        field.metadata["meaning"],
    )
    return f"| {' | '.join(cells)} |\n"


def _show(value: Any) -> str:
    if value in ("", ()):
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    print(page(), end="")
