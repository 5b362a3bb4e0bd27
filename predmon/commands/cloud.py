"""`predmon up`, `down`, `status`."""

import click
from rich.console import Console
from rich.markup import escape

from drift_lambda.words import counted
from lambda_shipper.replay import SET_ASIDE_PREFIX, stored_objects
from predmon.commands.settings import context_option, settings_of
from predmon.commands.shipping import ERRORS
from predmon.commands.target import Target
from predmon.local import cloud
from predmon.paths import LOCAL

out = Console(highlight=False)


@click.command()
@click.option("--dashboards-url", envvar="DASHBOARDS_URL", help="Use this running Dashboards instead of the preview.")
@click.option(
    "--dashboards",
    type=click.Choice(["preview", "docker"]),
    default="preview",
    show_default=True,
    help="Draw with the preview, or start a real Dashboards in Docker.",
)
@context_option
def up(dashboards_url: str | None, dashboards: str, settings: dict[str, str]) -> None:
    """Start the local cloud and deploy the app to it.

    What already runs is kept; what is taken is said and another port is picked. `predmon down` stops it.
    """
    if dashboards == "docker" and dashboards_url:
        raise click.UsageError(f"--dashboards docker starts one, but DASHBOARDS_URL names {dashboards_url}: unset it.")
    # What is wrong with them is said before anything starts.
    chosen = settings_of({"profile": "local", **settings})
    if chosen.profile != "local":
        there = f"predmon deploy -c profile={chosen.profile}"
        raise click.ClickException(f"The local cloud has the profile local alone. For {chosen.profile}: {there}")
    in_docker = dashboards == "docker"
    outputs = cloud.up(dashboards_url, settings, in_docker=in_docker, log_groups=chosen.log_groups)
    for name in sorted(outputs):
        out.print(f"{name:24}{escape(outputs[name])}", soft_wrap=True)
    out.print("\nAn AWS client talks to it after: [bold]source .local/env[/]")


@click.command()
@click.option("--remove-data", is_flag=True, help="Remove what was indexed and deployed, too.")
def down(remove_data: bool) -> None:
    """Stop the local cloud; its data stays unless --remove-data."""
    stopped = cloud.down()
    out.print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")
    if remove_data:
        removed = cloud.remove_data()
        out.print(f"Removed the data in {LOCAL}." if removed else f"No data was in {LOCAL}.", soft_wrap=True)


@click.command()
def status() -> None:
    """Say what runs, how many predictions are indexed, and what waits in the failure bucket."""
    for part in (cloud.engine, cloud.emulator, cloud.drawing()):
        out.print(f"{part.name:24}{part.url or '[yellow]not running[/]'}")
    target = Target.resolve()
    search = target.search()
    kept_raw = {"query": {"exists": {"field": "shipper.kept_raw.reason"}}}
    total = search.count(index="cwl-*")["count"]
    raw = search.count(index="cwl-*", body=kept_raw)["count"]
    out.print(f"\n{counted(total - raw, 'prediction')} indexed, {counted(raw, 'line')} kept raw")
    out.print(target.outputs["DashboardUrl"], soft_wrap=True)
    _say_failures(target)


def _say_failures(target: Target) -> None:
    bucket = target.outputs["FailureBucketName"]
    try:
        stored = list(stored_objects(target.client("s3"), bucket, prefixes=("",)))
    except ERRORS as error:
        # Who may look at the predictions may not look at this, too.
        out.print(f"[yellow]The failure bucket cannot be read[/]: {escape(str(error))}", soft_wrap=True)
        return
    aside = sum(each.key.startswith(SET_ASIDE_PREFIX) for each in stored)
    if waiting := len(stored) - aside:
        out.print(f"[yellow]Waiting in the failure bucket: {counted(waiting, 'object')}[/] (predmon replay)")
    if aside:
        out.print(f"[yellow]Set aside there: {counted(aside, 'object')}[/] (predmon replay --set-aside)")
