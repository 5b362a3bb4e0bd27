"""`predmon up` and `down`."""

import shlex
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from predmon.commands.deployment.settings import context_option, resolve_settings
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.local.given_dashboards import without_own_address
from predmon.progress import print_step
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
    env = LocalCloud.current().env_file
    shown = env.relative_to(Path.cwd()) if env.is_relative_to(Path.cwd()) else env
    command = f"source {shlex.quote(str(shown))}"
    out.print(f"\nTo use it with any AWS client, run: [bold]{escape(command)}[/]", soft_wrap=True)


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
