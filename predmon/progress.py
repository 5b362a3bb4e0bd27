"""Show the progress of long work: a bar on a terminal, single lines elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.progress import track as rich_track

from predmon.terminal import Terminal, escape

T = TypeVar("T")
console = Terminal(stderr=True)


def track(items: Iterable[T], description: str, total: int) -> Iterable[T]:
    """Yield `items` under a progress bar. Without a terminal, draw nothing."""
    return rich_track(items, description, total=total, console=console, disable=not console.is_terminal, transient=True)


def print_step(text: str) -> None:
    """Print one line about the step that begins now."""
    console.print(f"[dim]•[/] {escape(text)}", soft_wrap=True)


@contextmanager
def bar(description: str, total: int) -> Iterator[Callable[[float], None]]:
    """Show a progress bar with counts; what it yields moves it on. Without a terminal, draw nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda done: progress.advance(task, done)
