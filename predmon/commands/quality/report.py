"""Print one run of quality, 80 columns wide."""

from collections.abc import Mapping
from typing import Any

from opensearchpy import OpenSearch
from rich.cells import cell_len, set_cell_size

from monitors.quality.all_groups import NOW
from predmon.terminal import Terminal, escape
from predmon.wording import count_of

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


def print_several(search: OpenSearch) -> None:
    """Print how many truths have an id that names several predictions of one model, if there are any."""
    found = search.search(index=NOW, body={"query": {"term": {"kind": "overview"}}}, ignore_unavailable=True)
    for hit in found["hits"]["hits"]:
        if number := hit["_source"].get("actuals", {}).get("several_predictions"):
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
    was = f"was {_shown(name, before[name])}" if name in before else ""
    out.print(f"  {name.replace('_', ' '):24}{_shown(name, now[name]):>10}  {was:14}{more}".rstrip())


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
        figure = f"{name.replace('_', ' ')} {_shown(name, each[name])}" if each[name] is not None else ""
        out.print(f"  {_name(each['field'] + ' = ' + each['value'], 34)}{each['rows']:>9,}  {figure}")


def _shown(name: str, value: float) -> str:
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
