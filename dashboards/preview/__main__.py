"""`python -m dashboards.preview --opensearch URL --home DIR --port P`."""

from pathlib import Path

import click
import uvicorn
from opensearchpy import OpenSearch

from dashboards.preview.app import create_app


@click.command()
@click.option("--opensearch", required=True, help="URL of the OpenSearch that the panels read.")
@click.option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the imported objects.",
)
@click.option("--port", required=True, type=int, help="Port on 127.0.0.1.")
@click.option(
    "--assets",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The node_modules folder with the charting library.",
)
def main(opensearch: str, home: Path, port: int, assets: Path) -> None:
    """Serve the preview of the dashboards until interrupted."""
    uvicorn.run(
        create_app(OpenSearch(opensearch, timeout=20, max_retries=0), home, assets),
        host="127.0.0.1",
        port=port,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
