"""`predmon cost`: the estimate of a month's bill, and how it comes about."""

import json

import click
from rich.table import Table

from predmon.commands.deployment.settings import context_option, resolve_settings
from predmon.terminal import Terminal, escape
from stacks.settings import Settings
from stacks.settings import cost as costs

out = Terminal()
traffic_option = click.option(
    "--predictions-per-day", type=click.IntRange(0), default=costs.Traffic.predictions, help="For the cost estimate."
)


@click.command()
@context_option
@traffic_option
@click.option("--log-groups", type=click.IntRange(0), default=0, help="How many log groups the rules mean.")
@click.option("--other-lines-per-day", type=click.IntRange(0), default=0, help="Other lines with the word prediction.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of a table.")
def cost(
    context: dict[str, str], predictions_per_day: int, log_groups: int, other_lines_per_day: int, as_json: bool
) -> None:
    """Estimate the monthly cost of a deployment, and list the assumptions. Works without AWS."""
    settings = resolve_settings(context)
    traffic = costs.Traffic(predictions=predictions_per_day, log_groups=log_groups, other_lines=other_lines_per_day)
    if as_json:
        click.echo(cost_json(settings, traffic))
    else:
        show_cost(settings, traffic)


def cost_json(settings: Settings, traffic: costs.Traffic) -> str:
    """Return the estimate and its assumptions as JSON. A price that is not in the list is null."""
    lines = costs.estimate(settings, traffic)
    estimate = {
        "profile": settings.profile,
        "predictions_per_day": traffic.predictions,
        "lines": [{"what": line.what, "usd_a_month": line.dollars, "because": line.because} for line in lines],
        "usd_a_month": costs.total(lines),
        "is_complete": all(line.dollars is not None for line in lines),
        "assumptions": costs.assumptions(settings, traffic),
    }
    return json.dumps(estimate, indent=2)


def show_cost(settings: Settings, traffic: costs.Traffic) -> None:
    """Print the estimate and its assumptions."""
    lines = costs.estimate(settings, traffic)
    table = Table(
        "", "USD a month", "", title=f"Estimate for profile {settings.profile}", title_justify="left", box=None
    )
    table.columns[1].justify = "right"
    for line in lines:
        table.add_row(line.what, "unknown" if line.dollars is None else f"{line.dollars:,.2f}", escape(line.because))
    table.add_row("[bold]Together[/]", f"[bold]{costs.total(lines):,.2f}[/]", "")
    out.print(table)
    for sentence in costs.assumptions(settings, traffic):
        out.print(f"- {escape(sentence)}")
