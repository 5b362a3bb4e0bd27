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
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of a table.")
def cost(context: dict[str, str], predictions_per_day: int, as_json: bool) -> None:
    """Estimate the monthly cost of a deployment, and list the assumptions. Works without AWS."""
    settings = resolve_settings(context)
    if as_json:
        click.echo(cost_json(settings, predictions_per_day))
    else:
        show_cost(settings, predictions_per_day)


def cost_json(settings: Settings, predictions_per_day: int) -> str:
    """Return the estimate and its assumptions as JSON. A price that is not in the list is null."""
    traffic = costs.Traffic(predictions=predictions_per_day)
    lines = costs.estimate(settings, traffic)
    estimate = {
        "profile": settings.profile,
        "predictions_per_day": predictions_per_day,
        "lines": [{"what": line.what, "usd_a_month": line.dollars, "because": line.because} for line in lines],
        "usd_a_month": costs.total(lines),
        "is_complete": all(line.dollars is not None for line in lines),
        "assumptions": costs.assumptions(settings, traffic),
    }
    return json.dumps(estimate, indent=2)


def show_cost(settings: Settings, predictions_per_day: int) -> None:
    """Print the estimate and its assumptions."""
    traffic = costs.Traffic(predictions=predictions_per_day)
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
