"""`predmon up` and `down`."""

from pathlib import Path

import click

from predmon.commands.deployment.settings import items_in, merge_lists, resolve_settings, unmerged_context_option
from predmon.deployment_name import find_current_name
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.local.given_dashboards import without_own_address
from predmon.paths import quoted
from predmon.progress import print_step
from predmon.terminal import Terminal, escape
from stacks import stack_name
from stacks.settings import Settings, SettingsError, is_list

out = Terminal()


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
@unmerged_context_option
def up(dashboards_url: str | None, dashboards: str, reset: bool, context: dict[str, str]) -> None:
    """Start the local cloud and deploy the app to it.

    What already runs keeps running. The settings given with -c are used again at the next up of the same deployment,
    until --reset. If a port is taken, another one is chosen and printed. To stop: predmon down
    """
    dashboards_url = without_own_address(dashboards_url)
    local_cloud = LocalCloud.current()
    last = {} if reset else local_cloud.find_remembered_settings(find_current_name())
    given = merge_lists(context, last)
    _say_lists(given, last)
    context = _keep(given, last) | given
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
    outputs = _deploy(local_cloud, dashboards_url, context, settings, in_docker=dashboards == "docker")
    for lost in local_cloud.lost:
        print_step(f"Deploying {stack_name(lost)} again, too")
        theirs = {**local_cloud.find_remembered_settings(lost), "name": lost}
        again = resolve_settings({"profile": "local", **theirs})
        _deploy(local_cloud, dashboards_url, theirs, again, in_docker=dashboards == "docker")
    for output in sorted(outputs):
        out.print(f"{output:24}{escape(outputs[output])}", soft_wrap=True)
    env = local_cloud.env_file
    shown = env.relative_to(Path.cwd()) if env.is_relative_to(Path.cwd()) else env
    command = f"source {quoted(shown)}"
    out.print(f"\nTo use it with any AWS client, run: [bold]{escape(command)}[/]", soft_wrap=True)


def _deploy(
    local_cloud: LocalCloud, dashboards_url: str | None, context: dict[str, str], settings: Settings, *, in_docker: bool
) -> dict[str, str]:
    return local_cloud.up(
        dashboards_url,
        context,
        stack=stack_name(settings.name),
        in_docker=in_docker,
        log_groups=settings.log_groups,
    )


def _say_lists(given: dict[str, str], last: dict[str, str]) -> None:
    """Print what the lists that are given add and take away, where the last `up` had others."""
    for name in filter(is_list, given):
        before, now = items_in(last.get(name, "")), items_in(given[name])
        added, removed = ([each for each in one if each not in two] for one, two in ((now, before), (before, now)))
        if before and added:
            print_step(f"{name}: adds {', '.join(added)}")
        if removed:
            print_step(
                f"{name}: takes away {', '.join(removed)}. To keep it: -c {name}+={','.join(added) or removed[0]}"
            )


def _keep(given: dict[str, str], last: dict[str, str]) -> dict[str, str]:
    """Return the settings of the last `up` that are not given now, and print them."""
    kept = {name: value for name, value in last.items() if name not in given}
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
        out.print(
            f"Removed the data in {escape(quoted(home))}." if removed else f"{escape(quoted(home))} holds no data.",
            soft_wrap=True,
        )
