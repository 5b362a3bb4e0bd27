"""`predmon import`, `export`, `snapshot`."""

import time
from pathlib import Path
from typing import Any

import click
from opensearchpy import OpenSearch

from dashboards.importer.config import AUTH_WAYS, Config
from dashboards.importer.connection import connect
from dashboards.importer.dashboards_api import fetch, wait_for_dashboards
from dashboards.importer.edits import edited
from dashboards.importer.importing import AccessAndRetention, import_everything
from dashboards.importer.saved_objects import DIRECTORY, MAIN_DASHBOARD, SavedObject, load, object_files
from predmon.commands.dashboards.deployed_import import DeployedImport, read_deployed_import
from predmon.commands.deployment.target import Target
from predmon.deployment_name import find_current_name
from predmon.errors import UserError
from predmon.paths import ROOT, quoted
from predmon.terminal import Terminal, escape
from stacks import stack_name
from stacks.constructs.index_templates import TEMPLATE_FILES

out = Terminal()
OPENSEARCH = click.option("--opensearch-url", help="Which OpenSearch. Default: the stack's.")
FILES = click.option(
    "--directory",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=DIRECTORY,
    help="The folder with the files of saved objects.",
)


def _server_options(command: Any) -> Any:
    """Add the options that choose the Dashboards and the way to sign in."""
    for option in (
        click.option("--tenant", default="", help="Dashboards tenant, if there are tenants: global."),
        click.option("--secret-arn", default="", help="Secret with username and password, for --auth basic."),
        click.option("--auth", type=click.Choice(AUTH_WAYS), help="How to sign in. Default: sigv4 on AWS, else none."),
        click.option("--dashboards-url", help="Which Dashboards. Default: the stack's."),
    ):
        command = option(command)
    return command


@click.command("import")
@_server_options
@OPENSEARCH
@FILES
@click.option("--repair", is_flag=True, help="Write index templates, roles and retention again, too, as deployed.")
@click.option("--overwrite", is_flag=True, help="Also write over what was edited in Dashboards since the last import.")
def import_(directory: Path, opensearch_url: str | None, repair: bool, overwrite: bool, **server: Any) -> None:
    """Import the saved objects into Dashboards.

    If no index matches a pattern, create today's index. Write every object, over the one with the same id, and
    read each one back. Repeating it changes nothing. Where that would undo edits that somebody made in Dashboards, it
    says which, and stops unless --overwrite is given. With --opensearch-url, put the index templates first. The
    stack's own OpenSearch keeps its templates, which hold the deployment's settings. With --repair everything that the
    deployment wrote is written again.
    """
    config = _config(opensearch_url, **server)
    templates = {name: (ROOT / path).read_text() for name, path in TEMPLATE_FILES.items()} if opensearch_url else {}
    governance = AccessAndRetention()
    if repair:
        deployed = _read_deployed(opensearch_url)
        templates, governance = deployed.index_templates, deployed.governance
    objects = load(directory)
    if not overwrite:
        _require_no_edits(config, objects)
    imported = import_everything(config, objects, templates, governance)
    put = f", {imported.templates} index templates put" if templates else ""
    out.print(f"{imported.objects} saved objects imported and read back{put}.")
    for name in imported.indices_made:
        out.print(f"Created the index {escape(name)}, since no index matched its pattern.")
    for sentence in imported.foreign:
        out.print(f"[yellow]{escape(sentence)}[/]", soft_wrap=True)
    out.print(imported.dashboard_url, soft_wrap=True)


@click.command()
@_server_options
@FILES
@click.option("--check", is_flag=True, help="Write nothing. Exit with status 1 if something differs.")
def export(directory: Path, check: bool, **server: Any) -> None:
    """Write edits made in Dashboards back to the files of saved objects.

    A file keeps its objects, and gets the objects that its dashboards now refer to. Review the changes with git.
    """
    from dashboards.exporting import export as export_files

    if not object_files(directory):
        raise UserError(
            f"{quoted(directory)} holds no files of saved objects, which say what to export. The project's: "
            f"cp {quoted(DIRECTORY)}/* {quoted(directory)}"
        )
    _, dashboards = connect(_config("http://unused", **server))
    results = export_files(dashboards, directory)
    differing = 0
    for file, exported in results.items():
        for change in ("added", "changed", "removed"):
            for name in getattr(exported, change):
                differing += 1
                out.print(f"{change:8} {escape(name)}  [dim]{file.name}[/]")
        if not exported.text:
            raise UserError(f"Dashboards has none of the objects of {file.name}. Import them first: predmon import")
        if not check:
            file.write_text(exported.text, encoding="utf-8")
    if not differing:
        out.print("Nothing differs.")
    elif check:
        raise SystemExit(1)


@click.command()
@click.argument("picture", metavar="OUT.png|OUT.html", type=click.Path(dir_okay=False, path_type=Path))
@_server_options
@OPENSEARCH
@click.option("--dashboard", "dashboard_id", default=MAIN_DASHBOARD, show_default=True, help="Id of the dashboard.")
@click.option("--from", "start", default="", help="Start of the time range, such as now-7d. Default: the dashboard's.")
@click.option("--to", "end", default="", help="End of the time range, such as now.")
@click.option("--query", default="", help="A query, as in the search box of Dashboards.")
@click.option("--dark", is_flag=True, help="Use dark colours.")
def snapshot(
    picture: Path,
    opensearch_url: str | None,
    dashboard_id: str,
    start: str,
    end: str,
    query: str,
    dark: bool,
    **server: Any,
) -> None:
    """Save a dashboard as a picture, or as one HTML file without scripts.

    It shows the stack's live data, and the dashboard as it is in Dashboards now, with all edits.
    """
    from dashboards.exporting import fetch_with_references
    from predmon.commands.dashboards.snapshot import snapshot as draw

    if not picture.parent.is_dir():
        raise click.BadParameter(f"there is no folder {quoted(picture.parent)}", param_hint="OUT")
    if picture.suffix not in (".png", ".html"):
        raise click.BadParameter(f"{picture}: the name must end with .png or .html", param_hint="OUT")
    _, dashboards = connect(_config(opensearch_url or "http://unused", **server))
    engine = OpenSearch(opensearch_url, timeout=60) if opensearch_url else Target.resolve().search()
    objects = fetch_with_references(dashboards, [("dashboard", dashboard_id)])
    draw(engine, objects, dashboard_id, picture, start=start, end=end, query=query, dark=dark)
    out.print(f"{escape(quoted(picture))} ({picture.stat().st_size // 1024} KB)")


def _require_no_edits(config: Config, objects: list[SavedObject]) -> None:
    """Raise UserError if the import would write over what somebody edited in Dashboards."""
    _, dashboards = connect(config)
    wait_for_dashboards(dashboards, until=time.monotonic() + config.ready_timeout_seconds)
    if edits := edited(objects, fetch(dashboards, objects)):
        names = "".join(f"\n  {each.type} {each.id} ({each.title})" for each in edits)
        raise UserError(
            f"Edited in Dashboards since the last import, and not in the files:{names}\n"
            "To keep these edits, write them into the files first: predmon export\n"
            "To replace them by the files: predmon import --overwrite"
        )


def _read_deployed(opensearch_url: str | None) -> DeployedImport:
    if opensearch_url:
        raise UserError("--repair writes what the stack has deployed, so leave out --opensearch-url.")
    cloudformation = Target.resolve().client("cloudformation")
    return read_deployed_import(cloudformation, stack_name(find_current_name()))


def _config(
    opensearch_url: str | None, *, dashboards_url: str | None, auth: str | None, secret_arn: str, tenant: str
) -> Config:
    target = None if opensearch_url and dashboards_url else Target.resolve()
    local = target is None or target.is_local
    return Config(
        opensearch_url=opensearch_url or (target.outputs["OpenSearchUrl"] if target else ""),
        dashboards_url=dashboards_url or (target.outputs["DashboardsUrl"] if target else ""),
        opensearch_auth=auth or ("none" if local else "sigv4"),
        opensearch_secret_arn=secret_arn,
        dashboards_tenant=tenant,
        ready_timeout_seconds=60,
    )
