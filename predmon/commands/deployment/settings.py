"""Settings as commands take them: `-c name=value` on top of `cdk.json`."""

import json
from collections.abc import Mapping
from typing import Any

import click

from predmon.deployment_name import merge_name
from predmon.errors import UserError
from predmon.paths import ROOT
from stacks.settings import Settings, unknown_keys


def _parse_pairs(ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r}: write name=value, such as store_text=hash")
    return merge_name(ctx, dict(pair.split("=", 1) for pair in pairs))


context_option = click.option(
    "-c",
    "--context",
    multiple=True,
    callback=_parse_pairs,
    metavar="NAME=VALUE",
    help="A setting, as cdk deploy takes it. May be repeated.",
)


QUALIFIER = "hnb659fds"
QUALIFIER_KEY = "@aws-cdk/core:bootstrapQualifier"
"""The CDK's usual bootstrap qualifier, and the key in `cdk.json` or `-c` that names another one."""


def bootstrap_qualifier(context: Mapping[str, str]) -> str:
    """Return the qualifier of the bootstrap stack that the CDK will deploy with."""
    return str(({QUALIFIER_KEY: QUALIFIER} | _file_context() | dict(context))[QUALIFIER_KEY])


def is_given(name: str, context: Mapping[str, str]) -> bool:
    """Tell whether a setting stands in `cdk.json` or in `context`, so that it is no default."""
    return name in context or name in _file_context()


def resolve_settings(context: Mapping[str, str]) -> Settings:
    """Return the settings from `cdk.json` and `context`.

    Raises SettingsError for a setting that is not possible, UserError for a name in `context` that is not a setting.
    """
    settings = Settings.from_context(with_file(context))
    if unknown := unknown_keys(context):
        raise UserError(f"{unknown[0]} is not a setting. docs/settings.md lists all settings.")
    return settings


def with_file(context: Mapping[str, str]) -> dict[str, Any]:
    """Return `context` with what `cdk.json` says beside it: everything that somebody wrote."""
    return _file_context() | dict(context)


def _file_context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context
