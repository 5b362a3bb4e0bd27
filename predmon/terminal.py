"""What commands print with: nothing that they print controls the terminal, whoever wrote it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape as escape_markup
from rich.segment import Segment

from contracts.visible import visible


class Terminal(Console):
    """A Console that shows control characters as text. Its own colours and cursor movements are no text."""

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed, without spaces at the ends of lines. Rich calls this also for what tables hold."""
        line: list[Segment] = []
        for text, style, control in super().render(renderable, options):
            for part in [text] if control else re.split("(\n)", visible(text, lines=True)):
                if part == "\n":
                    strip_end(line)
                    yield from line
                    line = []
                if part:
                    line.append(Segment(part, style, control))
        yield from line


def strip_end(line: list[Segment]) -> None:
    """Remove the spaces at the end of a line, which come from wrapping and from tables."""
    while line and not line[-1].control and line[-1].text != "\n":
        text, style, _ = line.pop()
        if stripped := text.rstrip(" "):
            line.append(Segment(stripped, style))
            return


def escape(text: str) -> str:
    """Return somebody's text for one line of a Terminal: neither markup nor the end of a line."""
    return escape_markup(visible(text))


def escape_lines(text: str) -> str:
    """Return a text of several lines for a Terminal, such as an error's."""
    return escape_markup(visible(text, lines=True))


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print JSON for a program to read; with `indent=None` in one line."""
    click.echo(visible(json.dumps(value, indent=indent, ensure_ascii=False), lines=True))
