"""`predmon drift report`: what a comparison found, as a person reads it in a terminal of 80 columns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click
from rich.table import Table

from monitors.reporting.periods import format_iso
from predmon.commands.deployment.short_links import short_link_to
from predmon.commands.deployment.target import Target
from predmon.commands.drift.function import invoke
from predmon.commands.shell.many import MOST_HITS, MOST_SHOWN, rest_of
from predmon.errors import UserError
from predmon.moments import Moment
from predmon.terminal import Terminal, escape, print_json
from predmon.wording import count_of

WIDTH = 80
COLOURS = {"drift": "bold red", "warning": "yellow", "stable": "green", "not enough data": "dim"}
ORDER = ("drift", "warning", "not enough data", "stable")
RUNS_AT_ONCE = 20
"""A run has fewer than 500 signals, so that those of this many are within `MOST_HITS`."""
out = Terminal(width=min(WIDTH, Terminal().width))


@click.command()
@click.option("--run", is_flag=True, help="Compare now instead of showing the last scheduled comparison.")
@click.option("--since", type=Moment(), help="Compare the predictions since then: 7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--all", "show_all", is_flag=True, help=f"Show every log group, not only the {MOST_SHOWN} worst.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole of it as JSON.")
def report(run: bool, since: datetime | None, show_all: bool, as_json: bool) -> None:
    """Show what the newest comparison found: one sentence for all of it, then each signal."""
    target = Target.resolve()
    if run or since:
        invoke(target, {"from": format_iso(since)} if since else {})
    newest = sorted(_newest_runs(target), key=lambda head: (ORDER.index(head["verdict"]), head["log_group"]))
    shown = newest if show_all or as_json else newest[:MOST_SHOWN]
    signals = _signals(target, [head["run"] for head in shown])
    if as_json:
        print_json([{**head, "signals": signals[head["run"]]} for head in shown])
        return
    if not newest:
        raise UserError("Nothing was compared yet. To compare now, run: predmon drift report --run")
    for head in shown:
        print_run(head, signals[head["run"]], short_link_to(target, head["window"].get("link", "")))
    if rest := rest_of([head["verdict"] for head in newest[len(shown) :]], "predmon drift report --all"):
        out.print(rest, soft_wrap=True)


def _signals(target: Target, runs: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the signals of each run, read for many runs at once."""
    found: dict[str, list[dict[str, Any]]] = {run: [] for run in runs}
    for start in range(0, len(runs), RUNS_AT_ONCE):
        some = runs[start : start + RUNS_AT_ONCE]
        query = {"bool": {"filter": [{"terms": {"run": some}}, {"term": {"kind": "signal"}}]}}
        for document in target.documents("drift-*", {"size": MOST_HITS, "query": query}):
            found[document["run"]].append(document)
    return found


def _newest_runs(target: Target) -> list[dict[str, Any]]:
    body = {"size": MOST_HITS, "query": {"term": {"kind": "run"}}, "sort": [{"@timestamp": "desc"}]}
    runs = target.documents("drift-*", body)
    newest = {run["log_group"]: run["@timestamp"] for run in reversed(runs)}
    return [run for run in runs if run["@timestamp"] == newest[run["log_group"]]]


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
