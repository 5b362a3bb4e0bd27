"""Which deployment a command works on, where an account has several: `--name`, `-c name=`, or `cdk.json`."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from predmon.paths import ROOT

META = "predmon.name"


def add_name_option(command: click.Command) -> click.Command:
    """Give `command`, and each command inside it, the option `--name`. Adding it again changes nothing."""
    if not any(each.name == "name" for each in command.params):
        command.params.append(
            click.Option(
                ["--name"],
                expose_value=False,
                is_eager=True,
                callback=_remember,
                help="The deployment, where there are several. Default: the one without a name.",
            )
        )
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        add_name_option(inner)
    return command


def reference_option(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option `--reference`, which it takes as `reference`, and `--name` for the deployment.

    In earlier versions `--name` named the reference. It does so still where `--reference` is missing.
    """

    @click.option("--reference", help="The name of the reference, such as 'first week of May'.  [required]")
    @click.option("--name", help="The deployment, where there are several. Default: the one without a name.")
    @functools.wraps(function)
    def command(*, reference: str | None, name: str | None, **others: Any) -> None:
        if reference is None and name is None:
            raise click.UsageError("Missing option '--reference'.")
        if reference is not None and name is not None:
            click.get_current_context().meta[META] = name
        function(reference=reference or name, **others)

    return command


def _remember(ctx: click.Context, _param: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.meta[META] = name


def merge_name(ctx: click.Context, context: Mapping[str, str]) -> dict[str, str]:
    """Return the settings `context` with the name that `--name` gives, and remember a name that `context` gives.

    Raises BadParameter where the two differ.
    """
    given = ctx.meta.get(META)
    if given is not None and context.get("name", given) != given:
        raise click.BadParameter(f"--name {given}, but -c name={context['name']}: write one of them")
    if "name" in context:
        ctx.meta[META] = context["name"]
    return {**context, **({} if given is None else {"name": given})}


def find_current_name() -> str:
    """Return the name that the running command was given, else the one in `cdk.json`, else an empty one."""
    context = click.get_current_context(silent=True)
    if context is not None and META in context.meta:
        return str(context.meta[META])
    return str(json.loads((ROOT / "cdk.json").read_text())["context"].get("name", ""))
