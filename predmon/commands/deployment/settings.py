"""Settings as commands take them: `-c name=value` on top of `cdk.json`."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from predmon.deployment_name import merge_name
from predmon.errors import UserError
from predmon.paths import ROOT
from stacks.settings import Settings, is_list, unknown_keys

Command = TypeVar("Command", bound=Callable[..., Any])
SIGNS = "+-"
"""At the end of a list's name: add to the list, or take away from it."""


def _parse_pairs(ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r}: write name=value, such as store_text=hash")
    return merge_name(ctx, dict(pair.split("=", 1) for pair in pairs))


def _parse_and_merge(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    return merge_lists(_parse_pairs(ctx, param, pairs), {})


def _option(callback: Callable[..., dict[str, str]]) -> Callable[[Command], Command]:
    return click.option(
        "-c",
        "--context",
        multiple=True,
        callback=callback,
        metavar="NAME=VALUE",
        help="A setting, as cdk deploy takes it. May be repeated. NAME+=VALUE adds to a list, NAME-=VALUE takes away.",
    )


context_option = _option(_parse_and_merge)
unmerged_context_option = _option(_parse_pairs)
"""The same, with `name+` and `name-` still among the settings: `merge_lists` says what they come to."""


def merge_lists(given: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the settings `given`, with what `name+` and `name-` make of the list in `before`, else in `cdk.json`.

    Raises UserError for a setting that is no list, and for a value to take away that is not in it.
    """
    merged = {name: value for name, value in given.items() if name[-1:] not in SIGNS}
    for name, value in given.items():
        setting, sign = name[:-1], name[-1:]
        if sign not in SIGNS:
            continue
        if not is_list(setting):
            raise UserError(f"{setting} is no list, so write -c {setting}={value}")
        items = items_in({**_file_context(), **before, **merged}.get(setting, ""))
        changed = items_in(value)
        if sign == "-" and (missing := [each for each in changed if each not in items]):
            raise UserError(f"{setting} does not hold {missing[0]}. It holds: {', '.join(items) or 'nothing'}")
        kept = [each for each in items if each not in changed]
        merged[setting] = ",".join([*kept, *changed] if sign == "+" else kept)
    return merged


def items_in(value: Any) -> list[str]:
    """Return the items of a list, as `-c` gives it (text with commas) or as `cdk.json` holds it."""
    items = value.split(",") if isinstance(value, str) else value
    return [item.strip() for item in items if item.strip()]


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
