"""`predmon import`, `export`, `snapshot`."""

from pathlib import Path
from typing import Any

import click
from opensearchpy import OpenSearch
from rich.console import Console
from rich.markup import escape

from dashboards.importer.config import AUTH_WAYS, Config
from dashboards.importer.connection import ServerError, connect
from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import DIRECTORY, MAIN_DASHBOARD, SavedObjectsError, load
from predmon.commands.target import Target
from predmon.paths import ROOT

out = Console(highlight=False)
TEMPLATES = {
    "cwl": "lambda_shipper/index_template.json",
    "drift": "drift_lambda/index_template.json",
    "prediction-reference": "drift_lambda/reference_template.json",
}
OPENSEARCH = click.option("--opensearch-url", help="Which OpenSearch; by default the stack's.")
FILES = click.option(
    "--directory",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=DIRECTORY,
    help="Where the NDJSON files are.",
)


def _with_server(command: Any) -> Any:
    """The options that say which Dashboards, and how to sign in."""
    for option in (
        click.option("--tenant", default="", help="Dashboards tenant, where there are tenants: global."),
        click.option("--secret-arn", default="", help="Secret with username and password, for --auth basic."),
        click.option("--auth", type=click.Choice(AUTH_WAYS), help="How to sign in; on AWS sigv4, else none."),
        click.option("--dashboards-url", help="Which Dashboards; by default the stack's."),
    ):
        command = option(command)
    return command


@click.command("import")
@_with_server
@OPENSEARCH
@FILES
def import_(directory: Path, opensearch_url: str | None, **server: Any) -> None:
    """Import the saved objects into Dashboards.

    Makes today's indices where none match, imports every object over the one with its id, and reads each
    back. Repeating it changes nothing. An --opensearch-url gets the index templates first; the stack's has its
    own, with the deployment's settings.
    """
    config = _config(opensearch_url, **server)
    templates = {name: (ROOT / path).read_text() for name, path in TEMPLATES.items()} if opensearch_url else {}
    try:
        imported = import_everything(config, load(directory), templates)
    except (ServerError, SavedObjectsError) as error:
        raise click.ClickException(str(error)) from error
    put = f", {imported.templates} index templates put" if templates else ""
    out.print(f"{imported.objects} saved objects imported and read back{put}.")
    for name in imported.indices_made:
        out.print(f"Made the index {escape(name)}, since nothing matched its pattern.")
    out.print(imported.dashboard_url, soft_wrap=True)


@click.command()
@_with_server
@FILES
@click.option("--check", is_flag=True, help="Write nothing; status 1 when something differs.")
def export(directory: Path, check: bool, **server: Any) -> None:
    """Write what was edited in Dashboards back as clean NDJSON.

    A file keeps its objects and gets those that its dashboards have come to use; review the change with git.
    """
    from dashboards.exporting import export as export_files

    _, dashboards = connect(_config("http://unused", **server))
    try:
        results = export_files(dashboards, directory)
    except (ServerError, SavedObjectsError) as error:
        raise click.ClickException(str(error)) from error
    differing = 0
    for file, exported in results.items():
        for what in ("added", "changed", "removed"):
            for name in getattr(exported, what):
                differing += 1
                out.print(f"{what:8} {escape(name)}  [dim]{file.name}[/]")
        if not exported.text:
            raise click.ClickException(f"Dashboards has none of the objects of {file.name}; import them first.")
        if not check:
            file.write_text(exported.text, encoding="utf-8")
    if not differing:
        out.print("Nothing differs.")
    elif check:
        raise SystemExit(1)


@click.command()
@click.argument("picture", metavar="OUT.png|OUT.html", type=click.Path(dir_okay=False, path_type=Path))
@_with_server
@OPENSEARCH
@click.option("--dashboard", "dashboard_id", default=MAIN_DASHBOARD, show_default=True, help="Id of the dashboard.")
@click.option("--from", "start", default="", help="Beginning, such as now-7d; by default the dashboard's.")
@click.option("--to", "end", default="", help="End, such as now.")
@click.option("--query", default="", help="As in the search box.")
@click.option("--dark", is_flag=True, help="Light on dark.")
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
    """Save the dashboard as a picture, or as a single file without scripts.

    It is drawn from the stack's live data and the dashboard that Dashboards holds now, edits included.
    """
    from dashboards.exporting import fetch_with_references
    from predmon.commands.snapshot import snapshot as draw

    if picture.suffix not in (".png", ".html"):
        raise click.BadParameter(f"{picture}: the name must end with .png or .html", param_hint="OUT")
    _, dashboards = connect(_config(opensearch_url or "http://unused", **server))
    engine = OpenSearch(opensearch_url, timeout=60) if opensearch_url else Target.resolve().search()
    try:
        objects = fetch_with_references(dashboards, [("dashboard", dashboard_id)])
    except ServerError as error:
        raise click.ClickException(str(error)) from error
    draw(engine, objects, dashboard_id, picture, start=start, end=end, query=query, dark=dark)
    out.print(f"{escape(str(picture))} ({picture.stat().st_size // 1024} KB)")


def _config(
    opensearch_url: str | None, *, dashboards_url: str | None, auth: str | None, secret_arn: str, tenant: str
) -> Config:
    target = None if opensearch_url and dashboards_url else Target.resolve()
    local = target is None or target.is_local
    try:
        return Config(
            opensearch_url=opensearch_url or (target.outputs["OpenSearchUrl"] if target else ""),
            dashboards_url=dashboards_url or (target.outputs["DashboardsUrl"] if target else ""),
            opensearch_auth=auth or ("none" if local else "sigv4"),
            opensearch_secret_arn=secret_arn,
            dashboards_tenant=tenant,
            ready_timeout_seconds=60,
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
