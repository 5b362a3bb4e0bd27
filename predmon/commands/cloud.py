"""`predmon up`, `down`, `status`."""

import click
from rich.console import Console
from rich.markup import escape

from lambda_shipper.replay import SET_ASIDE_PREFIX, stored_objects
from predmon.commands.settings import context_option, resolve_settings
from predmon.commands.shipping import AWS_ERRORS
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.wording import count_of

out = Console(highlight=False)


@click.command()
@click.option("--dashboards-url", envvar="DASHBOARDS_URL", help="Use this running Dashboards instead of the preview.")
@click.option(
    "--dashboards",
    type=click.Choice(["preview", "docker"]),
    default="preview",
    show_default=True,
    help="Show the dashboards in the preview, or start a real Dashboards in Docker.",
)
@context_option
def up(dashboards_url: str | None, dashboards: str, context: dict[str, str]) -> None:
    """Start the local cloud and deploy the app to it.

    What already runs keeps running. If a port is taken, another one is chosen and printed. To stop: predmon down
    """
    if dashboards == "docker" and dashboards_url:
        raise click.UsageError(
            f"--dashboards docker starts a Dashboards, but DASHBOARDS_URL already names {dashboards_url}: unset it."
        )
    # Report a wrong setting before anything starts.
    settings = resolve_settings({"profile": "local", **context})
    if settings.profile != "local":
        command = f"predmon deploy -c profile={settings.profile}"
        raise UserError(f"The local cloud has only the profile local. For {settings.profile}: {command}")
    outputs = LocalCloud.current().up(
        dashboards_url, context, in_docker=dashboards == "docker", log_groups=settings.log_groups
    )
    for name in sorted(outputs):
        out.print(f"{name:24}{escape(outputs[name])}", soft_wrap=True)
    out.print("\nTo use it with any AWS client, run: [bold]source .local/env[/]")


@click.command()
@click.option("--remove-data", is_flag=True, help="Also remove what was indexed and deployed.")
def down(remove_data: bool) -> None:
    """Stop the local cloud. Keep its data unless --remove-data is given."""
    local_cloud = LocalCloud.current()
    stopped = local_cloud.down()
    out.print(f"Stopped {', '.join(stopped)}." if stopped else "Nothing was running.")
    if remove_data:
        home, removed = local_cloud.home, local_cloud.remove_data()
        out.print(f"Removed the data in {home}." if removed else f"{home} holds no data.", soft_wrap=True)


@click.command()
def status() -> None:
    """Show what runs, how many predictions are indexed, and what waits in the failure bucket."""
    local_cloud = LocalCloud.current()
    for service in (local_cloud.engine, local_cloud.emulator, local_cloud.dashboards):
        out.print(f"{service.name:24}{service.url or '[yellow]not running[/]'}")
    target = Target.resolve()
    search = target.search()
    predictions, kept_raw = (search.count(index=index)["count"] for index in ("cwl-*", "raw-*"))
    out.print(f"\n{count_of(predictions, 'prediction')} indexed, {count_of(kept_raw, 'line')} kept raw")
    out.print(target.outputs["DashboardUrl"], soft_wrap=True)
    _print_failures(target)


def _print_failures(target: Target) -> None:
    bucket = target.outputs["FailureBucketName"]
    try:
        stored = list(stored_objects(target.client("s3"), bucket, prefixes=("",)))
    except AWS_ERRORS as error:
        # Somebody may have the right to read the predictions but not the bucket.
        out.print(f"[yellow]The failure bucket cannot be read[/]: {escape(str(error))}", soft_wrap=True)
        return
    set_aside = sum(each.key.startswith(SET_ASIDE_PREFIX) for each in stored)
    if waiting := len(stored) - set_aside:
        out.print(f"[yellow]Waiting in the failure bucket: {count_of(waiting, 'object')}[/] (predmon replay)")
    if set_aside:
        out.print(f"[yellow]Set aside there: {count_of(set_aside, 'object')}[/] (predmon replay --set-aside)")
