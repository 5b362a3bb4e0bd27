"""The import as one call, for the deployment's custom resource and for ``predmon import`` alike."""

import time
from dataclasses import dataclass

from dashboards.importer.config import Config
from dashboards.importer.connection import connect
from dashboards.importer.dashboards_api import import_objects, read_back, short_link, wait_for_dashboards
from dashboards.importer.indices import ensure_indices, put_index_templates, wait_for_opensearch
from dashboards.importer.saved_objects import MAIN_DASHBOARD, SavedObject


@dataclass(frozen=True)
class Imported:
    """What is there now."""

    dashboard_url: str
    dashboards_url: str
    objects: int
    templates: int
    indices_made: list[str]


def import_everything(config: Config, objects: list[SavedObject], templates: dict[str, str]) -> Imported:
    """Make OpenSearch and Dashboards hold all of it. Repeating it changes nothing; it deletes nothing.

    The templates come before the indices and the indices before the objects: a field's mapping is fixed by
    the first document, and a panel over a pattern that matches no index shows an error.
    """
    until = time.monotonic() + config.ready_timeout_seconds
    opensearch, dashboards = connect(config)

    wait_for_opensearch(opensearch, until=until)
    put_index_templates(opensearch, templates)
    made = ensure_indices(opensearch, [each.title for each in objects if each.type == "index-pattern"])

    wait_for_dashboards(dashboards, until=until)
    import_objects(dashboards, objects)
    read_back(dashboards, objects)
    link = short_link(dashboards, MAIN_DASHBOARD, tenant=config.tenant)
    return Imported(link, config.dashboards_url, len(objects), len(templates), made)
