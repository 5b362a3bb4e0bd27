"""What a comparison found, as a person reads it in a terminal of 80 columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from predmon.terminal import Terminal, escape
from predmon.wording import count_of

WIDTH = 80
COLOURS = {"drift": "bold red", "warning": "yellow", "stable": "green", "not enough data": "dim"}
ORDER = ("drift", "warning", "not enough data", "stable")
out = Terminal(width=min(WIDTH, Terminal().width))


def print_run(head: Mapping[str, Any], signals: Iterable[Mapping[str, Any]], link: str = "") -> None:
    """Print one sentence for the whole run, what was compared with what, and then each signal."""
    window, reference = head["window"], head["reference"]
    out.print(f"[bold]{escape(head['log_group'])}[/], model version {escape(head['model']['version'])}")
    print_verdict(head["verdict"], head["words"])
    if reference:
        of = f"“{reference['name']}”, revision {reference['revision']} of version {reference['model_version']}"
        against = f"compared with {of} ({count_of(reference['predictions'], 'prediction')})"
    else:
        against = "compared with nothing, since there is no reference"
    period = f"{_minute(window['from'])} to {_minute(window['to'])} UTC"
    out.print(f"{period}: {count_of(window['predictions'], 'prediction')}, {escape(against)}")
    if link:
        # A link must stay in one piece, however wide it is.
        out.print(f"Predictions: {escape(link)}", soft_wrap=True)
    print_signals(signals)
    out.print()


def print_verdict(verdict: str, explanation: str) -> None:
    """Print the sentence for a whole run."""
    out.print(f"[{COLOURS[verdict]}]{verdict}[/]: {escape(explanation)}")


def print_signals(signals: Iterable[Mapping[str, Any]]) -> None:
    """Print a row for each signal: those that changed first."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(max_width=22, overflow="fold")
    table.add_column(overflow="fold")
    for each in sorted(signals, key=lambda signal: ORDER.index(signal["verdict"])):
        verdict = f"[{COLOURS[each['verdict']]}]{each['verdict']}[/]"
        table.add_row(verdict, escape(each["signal"]), f"{escape(each['words'])}{_details(each)}")
    if table.row_count:
        out.print(table)


def _details(signal: Mapping[str, Any]) -> str:
    details = []
    if signal.get("look", "window") != "window":
        details.append(f"over the last {signal['look']}")
    if since := signal.get("since"):
        details.append(f"since {_minute(since)} UTC")
    if version := signal.get("compared_with"):
        details.append(f"compared with version {escape(version)}")
    for name, shown in (("effect", "effect"), ("p_adjusted", "p"), ("psi", "PSI")):
        if (value := signal.get(name)) is not None:
            details.append(f"{shown} {value:.2g}")
    return f"\n[dim]{', '.join(details)}[/]" if details else ""


def _minute(moment: str) -> str:
    """Return a moment of the index, such as 2026-05-01T12:00:00.000Z, as 2026-05-01 12:00."""
    return moment[:16].replace("T", " ")
