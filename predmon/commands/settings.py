"""Settings as commands take them: `-c name=value`, and what they come to."""

import json
from collections.abc import Mapping

import click

from predmon.paths import ROOT
from stacks.settings import Settings, SettingsError, unknown_keys


def _settings(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r}: write name=value, such as store_text=hash")
    return dict(value.split("=", 1) for value in values)


context_option = click.option(
    "-c",
    "--context",
    "settings",
    multiple=True,
    callback=_settings,
    help="A setting, as cdk deploy takes it.",
)


def settings_of(context: Mapping[str, str]) -> Settings:
    """What `cdk.json` and `-c` come to. Raises ClickException with what to write instead."""
    try:
        settings = Settings.from_context(json.loads((ROOT / "cdk.json").read_text())["context"] | dict(context))
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if unknown := unknown_keys(context):
        raise click.ClickException(f"{unknown[0]} is no setting. docs/settings.md lists them all.")
    return settings
