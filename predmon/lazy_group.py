"""A group of commands that imports only the one that is used: a few take a second to load."""

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click

from predmon.deployment_name import add_name_option
from predmon.examples import add_example

FAMILIES = "predmon.commands."
Places = Mapping[str, tuple[str, str, str]]
"""Name of a command → (module below FAMILIES, name there, one line)."""


class LazyGroup(click.Group):
    """A group of the commands `places`. Each takes `--name`, and its help begins with an example."""

    def __init__(self, name: str | None = None, *, places: Places, inside: str = "", **others: Any) -> None:
        """Take click's arguments in `others`. `inside` is what stands before a command's name in the examples."""
        super().__init__(name, **others)
        self._places = places
        self._inside = inside

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in their order."""
        return list(self._places)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` name, and what follows. Raises UsageError with the name that was meant."""
        meant = get_close_matches(args[0], self._places, n=1)
        if args[0] not in self._places and meant and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {meant[0]!r}?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command `cmd_name`. Click turns None into an error."""
        if cmd_name not in self._places:
            return None
        module, attribute, _ = self._places[cmd_name]
        command = add_name_option(getattr(importlib.import_module(FAMILIES + module), attribute))
        add_example(command, self._inside + cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in self._places.items()])
