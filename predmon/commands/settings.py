"""Settings as commands take them: `-c name=value` on top of `cdk.json`."""

import json
from collections.abc import Mapping
from typing import Any

import click

from predmon.errors import UserError
from predmon.paths import ROOT
from stacks.settings import Settings, unknown_keys


def _parse_pairs(_ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r}: write name=value, such as store_text=hash")
    return dict(pair.split("=", 1) for pair in pairs)


context_option = click.option(
    "-c",
    "--context",
    multiple=True,
    callback=_parse_pairs,
    metavar="NAME=VALUE",
    help="A setting, as cdk deploy takes it. May be repeated.",
)


def is_given(name: str, context: Mapping[str, str]) -> bool:
    """Tell whether a setting stands in `cdk.json` or in `context`, so that it is no default."""
    return name in context or name in _file_context()


def resolve_settings(context: Mapping[str, str]) -> Settings:
    """Return the settings from `cdk.json` and `context`.

    Raises SettingsError for a setting that is not possible, UserError for a name in `context` that is not a setting.
    """
    settings = Settings.from_context(_file_context() | dict(context))
    if unknown := unknown_keys(context):
        raise UserError(f"{unknown[0]} is not a setting. docs/settings.md lists all settings.")
    return settings


def _file_context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context
