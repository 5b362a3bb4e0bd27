"""How long work shows itself: one bar on a terminal, one line elsewhere."""

from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track as rich_track

T = TypeVar("T")
console = Console(stderr=True, highlight=False)


def track(items: Iterable[T], description: str, total: int) -> Iterable[T]:
    """Yield `items` under a progress bar; without a terminal nothing is drawn."""
    return rich_track(items, description, total=total, console=console, disable=not console.is_terminal, transient=True)


def say(text: str) -> None:
    """One line about what is going on now."""
    console.print(f"[dim]•[/] {escape(text)}", soft_wrap=True)
