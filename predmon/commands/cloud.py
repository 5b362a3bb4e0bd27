"""`predmon up`, `down`, `status`."""

from datetime import datetime

import click
from rich.console import Console
from rich.markup import escape

from lambda_shipper.replay import SET_ASIDE_PREFIX, StoredObject, stored_objects
from predmon.commands.group_status import group_counts, ignored_example, table, waiting_events
from predmon.commands.moments import Moment
from predmon.commands.settings import context_option, resolve_settings
from predmon.commands.shipping import AWS_ERRORS
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.local.given_dashboards import without_own_address
from predmon.progress import print_step
from predmon.wording import count_of
from stacks import stack_name
from stacks.settings import SettingsError

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
@click.option("--reset", is_flag=True, help="Forget the settings of the last up. Use only those given now.")
@context_option
def up(dashboards_url: str | None, dashboards: str, reset: bool, context: dict[str, str]) -> None:
    """Start the local cloud and deploy the app to it.

    What already runs keeps running. The settings given with -c are used again next time, until --reset. If a port is
    taken, another one is chosen and printed. To stop: predmon down
    """
    dashboards_url = without_own_address(dashboards_url)
    given, context = context, ({} if reset else _remembered(context)) | context
    if dashboards == "docker" and dashboards_url:
        raise click.UsageError(
            f"--dashboards docker starts a Dashboards, but DASHBOARDS_URL already names {dashboards_url}: unset it."
        )
    # Report a wrong setting before anything starts.
    try:
        settings = resolve_settings({"profile": "local", **context})
    except (SettingsError, UserError) as error:
        raise UserError(f"{error}{_where_from(context, given)}") from error
    if settings.profile != "local":
        command = f"predmon deploy -c profile={settings.profile}"
        raise UserError(f"The local cloud has only the profile local. For {settings.profile}: {command}")
    if settings.fine_grained_access:
        raise UserError(
            "The local cloud's engine has no roles: leave fine_grained_access out. tests/local/access tries them."
        )
    outputs = LocalCloud.current().up(
        dashboards_url,
        context,
        stack=stack_name(settings.name),
        in_docker=dashboards == "docker",
        log_groups=settings.log_groups,
    )
    for name in sorted(outputs):
        out.print(f"{name:24}{escape(outputs[name])}", soft_wrap=True)
    out.print("\nTo use it with any AWS client, run: [bold]source .local/env[/]")


def _remembered(context: dict[str, str]) -> dict[str, str]:
    """Return the settings of the last `up` that are not given now, and print them."""
    last = LocalCloud.current().remembered_settings()
    kept = {name: value for name, value in last.items() if name not in context}
    if kept:
        options = " ".join(f"-c {name}={value}" for name, value in kept.items())
        print_step(f"With the settings of the last up: {options}. To forget them: predmon up --reset")
    return kept


def _where_from(context: dict[str, str], given: dict[str, str]) -> str:
    return "" if context == given else " To forget the settings of the last up: predmon up --reset"


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
@click.option("--since", type=Moment(), default="24h", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--ignored", is_flag=True, help="Show a line of each log group that was ignored, read from CloudWatch.")
def status(since: datetime, ignored: bool) -> None:
    """Show what runs, what became of each log group's lines, and what waits in the failure bucket."""
    local_cloud = LocalCloud.current()
    for service in (local_cloud.engine, local_cloud.emulator, local_cloud.dashboards):
        out.print(f"{service.name:24}{service.url or '[yellow]not running[/]'}")
    target = Target.resolve()
    search = target.search()
    predictions, kept_raw = (search.count(index=index)["count"] for index in ("cwl-*", "raw-*"))
    out.print(f"\n{count_of(predictions, 'prediction')} indexed, {count_of(kept_raw, 'line')} kept raw")
    out.print(target.outputs["DashboardUrl"], soft_wrap=True)
    stored = _print_failures(target)
    _print_groups(target, stored, int(since.timestamp() * 1000), ignored)


def _print_failures(target: Target) -> list[StoredObject]:
    bucket = target.outputs["FailureBucketName"]
    try:
        stored = list(stored_objects(target.client("s3"), bucket, prefixes=("",)))
    except AWS_ERRORS as error:
        # Somebody may have the right to read the predictions but not the bucket.
        out.print(f"[yellow]The failure bucket cannot be read[/]: {escape(str(error))}", soft_wrap=True)
        return []
    set_aside = sum(each.key.startswith(SET_ASIDE_PREFIX) for each in stored)
    if waiting := len(stored) - set_aside:
        out.print(f"[yellow]Waiting in the failure bucket: {count_of(waiting, 'object')}[/] (predmon replay)")
    if set_aside:
        out.print(f"[yellow]Set aside there: {count_of(set_aside, 'object')}[/] (predmon replay --set-aside)")
    return stored


def _print_groups(target: Target, stored: list[StoredObject], since_ms: int, with_ignored: bool) -> None:
    try:
        waiting = waiting_events(target, stored) if stored else {}
        groups = group_counts(target, since_ms, waiting)
        if not groups:
            return
        out.print("\nWhat the lines of each log group became (times are in UTC):")
        for line in table(groups):
            out.print(escape(line), soft_wrap=True)
        for log_group, counts, _ in groups if with_ignored else []:
            if counts["ignored"] and (example := ignored_example(target, log_group, since_ms)):
                out.print(f"\nIgnored in {escape(log_group)}, for example:\n  {escape(example)}", soft_wrap=True)
    except (UserError, *AWS_ERRORS) as error:
        # Somebody may have the right to read the predictions but not the functions' logs.
        out.print(f"[yellow]What the shipper reports cannot be read[/]: {escape(str(error))}", soft_wrap=True)
