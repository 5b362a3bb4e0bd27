"""Show the progress of long work: a bar on a terminal, single lines elsewhere."""

from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track as rich_track

T = TypeVar("T")
console = Console(stderr=True, highlight=False)


def track(items: Iterable[T], description: str, total: int) -> Iterable[T]:
    """Yield `items` under a progress bar. Without a terminal, draw nothing."""
    return rich_track(items, description, total=total, console=console, disable=not console.is_terminal, transient=True)


def print_step(text: str) -> None:
    """Print one line about the step that begins now."""
    console.print(f"[dim]•[/] {escape(text)}", soft_wrap=True)
