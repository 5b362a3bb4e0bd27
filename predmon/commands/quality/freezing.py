"""`predmon quality baseline`: what the quality is held against from now on."""

from datetime import datetime

import click

from monitors.quality.correctness import Task
from monitors.quality.groups import find_tasks_in
from monitors.quality.reference import TooFewTruthsError, freeze
from monitors.reporting.periods import Period
from predmon.commands.deployment.target import Target
from predmon.commands.quality.function import read_deployed_config
from predmon.deployment_name import reference_option
from predmon.errors import UserError
from predmon.moments import Moment, past_period
from predmon.terminal import Terminal, escape

out = Terminal()


@click.command()
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
        frozen = freeze(target.search(), log_group, task, period, name, read_deployed_config(target))
    except TooFewTruthsError as error:
        raise UserError(f"{error}. Take a longer period.") from error
    if (frozen.name, frozen.period) != (name, period):
        raise UserError(
            f"Another reference was frozen at the same moment and was kept: “{frozen.name}”, revision "
            f"{frozen.revision}. To store yours as the next revision, run the same command again."
        )
    rows = f"{frozen.quality.rows:,} truths of {escape(log_group)} ({task})"
    out.print(f"froze {rows} as “{escape(name)}”, revision {frozen.revision}", soft_wrap=True)
