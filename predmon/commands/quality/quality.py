"""`predmon quality`: how right the model is, and what it is held against."""

from datetime import datetime, timedelta
from typing import Any

import click

from monitors.quality.all_groups import NOW
from monitors.quality.correctness import Task
from monitors.quality.groups import find_tasks_in
from monitors.quality.reference import TooFewTruthsError, freeze
from monitors.reporting.periods import Period, format_iso
from predmon.commands.deployment.target import Target
from predmon.commands.quality.function import deployed_config, invoke
from predmon.commands.quality.report import COLOURS, print_run, print_several
from predmon.commands.shell.many import MOST_HITS, MOST_SHOWN, rest_of
from predmon.deployment_name import reference_option
from predmon.errors import UserError
from predmon.moments import Moment, past_period
from predmon.terminal import Terminal, escape, print_json

out = Terminal()


@click.group()
def quality() -> None:
    """Say how often the model was right, once the truth is known."""


@quality.command()
@click.option("--run", is_flag=True, help="Join and judge now instead of showing the last scheduled run.")
@click.option("--all", "show_all", is_flag=True, help=f"Show every log group, not only the {MOST_SHOWN} worst.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole of it as JSON.")
def report(run: bool, show_all: bool, as_json: bool) -> None:
    """Show the newest run: how many predictions have a truth, how right they were, and against what."""
    target = Target.resolve()
    if run:
        invoke(target)
    body = {"size": MOST_HITS, "query": {"term": {"kind": "now"}}, "sort": [{"@timestamp": "desc"}]}
    hits = target.search().search(index=NOW, body=body, ignore_unavailable=True)["hits"]["hits"]
    newest = [hit["_source"] for hit in hits if hit["_source"]["@timestamp"] >= _day_before(hits[0]["_source"])]
    if as_json:
        print_json(newest)
        return
    if not newest:
        raise UserError("Nothing was judged yet. To judge now, run: predmon quality report --run")
    runs: list[dict[str, Any]] = sorted(newest, key=lambda each: (-each["severity"], each["log_group"]))
    worst = runs[0]["standing"] if runs[0]["severity"] else "nothing worse"
    out.print(f"[{COLOURS.get(worst, 'green')}]{worst}[/] at {runs[0]['@timestamp'][:16].replace('T', ' ')} UTC")
    shown = runs if show_all else runs[:MOST_SHOWN]
    for each in shown:
        print_run(each)
    if rest := rest_of([each["standing"] for each in runs[len(shown) :]], "predmon quality report --all"):
        out.print(f"\n{rest}", soft_wrap=True)
    print_several(target.search())


@quality.command()
@click.option("--from", "start", type=Moment(), required=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--to", "end", type=Moment(), required=True, help="End of the period, excluded; now at the latest.")
@reference_option
@click.option("--log-group", help="Whose predictions. Required if several have a truth in the period.")
def baseline(start: datetime, end: datetime, reference: str, log_group: str | None) -> None:
    """Hold the quality against a period from now on: the predictions made in it that have a truth.

    Earlier references stay stored, but only the newest one is used.
    """
    period = past_period(start, end)
    target = Target.resolve()
    search = target.search()
    found = find_tasks_in(search, period)
    groups = sorted({group for group, _ in found})
    if log_group is None and len(groups) > 1:
        raise UserError(f"Several log groups have truths. Name one with --log-group: {', '.join(groups)}")
    wanted = log_group or next(iter(groups), "any log group")
    for task in Task:
        if (wanted, task) in found:
            _freeze(target, wanted, task, period, reference)
    if not any(group == wanted for group in groups):
        raise UserError(f"No prediction of {wanted} from {period} has a truth. Take a longer period.")


def _freeze(target: Target, log_group: str, task: Task, period: Period, name: str) -> None:
    try:
        frozen = freeze(target.search(), log_group, task, period, name, deployed_config(target))
    except TooFewTruthsError as error:
        raise UserError(f"{error}. Take a longer period.") from error
    if (frozen.name, frozen.period) != (name, period):
        raise UserError(
            f"Another reference was frozen at the same moment and was kept: “{frozen.name}”, revision "
            f"{frozen.revision}. To store yours as the next revision, run the same command again."
        )
    rows = f"{frozen.quality.rows:,} truths of {escape(log_group)} ({task})"
    out.print(f"froze {rows} as “{escape(name)}”, revision {frozen.revision}", soft_wrap=True)


def _day_before(newest: dict[str, Any]) -> str:
    """Return since when runs are shown: a run whose turn did not come in the newest one is an hour or two older."""
    return format_iso(datetime.fromisoformat(newest["@timestamp"]) - timedelta(days=1))
