"""`predmon quality report`: the newest run of each group, 80 columns wide."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from contracts.indices import QUALITY
from monitors.reporting.periods import format_iso
from predmon.commands.deployment.target import Target
from predmon.commands.quality.function import invoke
from predmon.commands.shell.many import MOST_HITS, MOST_SHOWN, rest_of
from predmon.errors import UserError
from predmon.terminal import Terminal, escape, print_json
from predmon.wording import count_of

(NOW,) = QUALITY.fixed_names
WIDTH = 78
MOST_ROWS = 12
COLOURS = {"worse": "bold red", "warning": "yellow", "as before": "green", "not enough data": "dim"}
SHARES = ("accuracy", "balanced_accuracy", "overlap", "within_tolerance", "macro_f1")
FIGURES = (
    "balanced_accuracy",
    "macro_f1",
    "matthews_correlation",
    "brier_score",
    "calibration_error",
    "overlap",
    "mean_absolute_error",
    "root_mean_squared_error",
    "bias",
    "within_tolerance",
)
out = Terminal()


@click.command()
@click.option("--run", is_flag=True, help="Join and judge now instead of showing the last scheduled run.")
@click.option("--all", "show_all", is_flag=True, help=f"Show every log group, not only the {MOST_SHOWN} worst.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole of it as JSON.")
def report(run: bool, show_all: bool, as_json: bool) -> None:
    """Show the newest run: how many predictions have a truth, how right they were, and against what."""
    target = Target.resolve()
    if run:
        invoke(target)
    body = {"size": MOST_HITS, "query": {"term": {"kind": "now"}}, "sort": [{"@timestamp": "desc"}]}
    found = target.documents(NOW, body)
    newest = [each for each in found if each["@timestamp"] >= _day_before(found[0])]
    if as_json:
        print_json(newest)
        return
    if not newest:
        raise UserError("Nothing was judged yet. To judge now, run: predmon quality report --run")
    runs = sorted(newest, key=lambda each: (-each["severity"], each["log_group"]))
    worst = runs[0]["standing"] if runs[0]["severity"] else "nothing worse"
    out.print(f"[{COLOURS.get(worst, 'green')}]{worst}[/] at {runs[0]['@timestamp'][:16].replace('T', ' ')} UTC")
    shown = runs if show_all else runs[:MOST_SHOWN]
    for each in shown:
        print_run(each)
    if rest := rest_of([each["standing"] for each in runs[len(shown) :]], "predmon quality report --all"):
        out.print(f"\n{rest}", soft_wrap=True)
    print_several(target)


def _day_before(newest: dict[str, Any]) -> str:
    """Return since when runs are shown: a run whose turn did not come in the newest one is an hour or two older."""
    return format_iso(datetime.fromisoformat(newest["@timestamp"]) - timedelta(days=1))


def print_run(run: Mapping[str, Any]) -> None:
    """Print what was said of a group, its figures beside those of the reference, and its labels and segments."""
    standing = run["standing"]
    out.print(f"\n[bold]{escape(run['log_group'])}[/], version {escape(run['model']['version'])}")
    out.print(f"[{COLOURS[standing]}]{standing}[/]: {escape(run['words'])}", width=WIDTH)
    if age := run.get("age"):
        newest = age["newest_prediction"][:16].replace("T", " ")
        out.print(f"Truth comes {_delay(age['mean_delay_hours'])} its prediction; newest with one: {newest} UTC")
    _print_figures(run)
    detail = run.get("detail", {})
    _print_labels(detail.get("labels", []))
    _print_segments(detail.get("segments", []))


def print_several(target: Target) -> None:
    """Print how many truths have an id that names several predictions of one model, if there are any."""
    for overview in target.documents(NOW, {"query": {"term": {"kind": "overview"}}}):
        if number := overview.get("actuals", {}).get("several_predictions"):
            out.print(
                f"\n[yellow]{count_of(number, 'truth')}[/] with an id that names several predictions of a model. "
                "Each is joined to the newest one before it. Take a new id for each prediction.",
                width=WIDTH,
            )


def _print_figures(run: Mapping[str, Any]) -> None:
    now, before = run["figures"], (run.get("reference") or {}).get("figures", {})
    if "accuracy" in now:
        interval = f"{100 * now['accuracy_low']:.1f} to {100 * now['accuracy_high']:.1f} %"
        _print_figure("accuracy", now, before, f"95 % sure: {interval}")
    for name in FIGURES:
        if name in now:
            _print_figure(name, now, before)


def _print_figure(name: str, now: Mapping[str, float], before: Mapping[str, float], more: str = "") -> None:
    was = f"was {_show(name, before[name])}" if name in before else ""
    out.print(f"  {name.replace('_', ' '):24}{_show(name, now[name]):>10}  {was:14}{more}".rstrip())


def _print_labels(labels: list[Mapping[str, Any]]) -> None:
    if labels:
        out.print(f"  {'label':26}{'support':>9}{'precision':>11}{'recall':>9}{'F1':>9}")
    for each in labels[:MOST_ROWS]:
        figures = "".join(f"{100 * each[name]:>{width}.1f}" for name, width in (("precision", 11), ("recall", 9)))
        out.print(f"  {_name(each['label'], 26)}{each['support']:>9,}{figures}{100 * each['f1']:>9.1f}")
    if len(labels) > MOST_ROWS:
        out.print(f"  … and {len(labels) - MOST_ROWS} more labels")


def _print_segments(segments: list[Mapping[str, Any]]) -> None:
    for each in segments[:MOST_ROWS]:
        name = "mean_absolute_error" if each["accuracy"] is None else "accuracy"
        figure = f"{name.replace('_', ' ')} {_show(name, each[name])}" if each[name] is not None else ""
        out.print(f"  {_name(each['field'] + ' = ' + each['value'], 34)}{each['rows']:>9,}  {figure}")


def _show(name: str, value: float) -> str:
    return f"{100 * value:.1f} %" if name in SHARES else f"{value:.4g}"


def _delay(hours: float) -> str:
    """Return how long before or after; a truth may be told before the prediction is made."""
    long = abs(hours) >= 100
    return f"{abs(hours) / (24 if long else 1):,.1f} {'d' if long else 'h'} {'before' if hours < 0 else 'after'}"


def _name(text: str, width: int) -> str:
    """Return a name in one line, cut or filled to so many columns: some letters take two."""
    line = " ".join(text.split())
    if cell_len(line) > width - 2:
        line = set_cell_size(line, width - 3) + "…"
    return escape(set_cell_size(line, width))
