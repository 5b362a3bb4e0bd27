"""The import as one call, for the deployment's custom resource and for ``predmon import`` alike."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.importer.access import grant
from dashboards.importer.config import Config
from dashboards.importer.connection import Connection, connect
from dashboards.importer.dashboards_api import import_objects, read_back, short_link, wait_for_dashboards
from dashboards.importer.indices import ensure_indices, put_index_templates, wait_for_opensearch
from dashboards.importer.retention import keep_for
from dashboards.importer.saved_objects import MAIN_DASHBOARD, SavedObject, check_whole


@dataclass(frozen=True)
class Imported:
    """What is there now."""

    dashboard_url: str
    dashboards_url: str
    objects: int
    templates: int
    indices_made: list[str]
    retention: str


@dataclass(frozen=True)
class Governance:
    """What a deployment says of access and retention; as it stands, nothing, and both are left as they are.

    `role_mappings` is None where the domain has no fine-grained access control, `retention_days` where nobody said.
    """

    role_mappings: Mapping[str, Sequence[str]] | None = None
    former_mappings: Mapping[str, Sequence[str]] | None = None
    retention_days: int | None = None


def import_everything(
    config: Config, objects: list[SavedObject], templates: dict[str, str], governance: Governance | None = None
) -> Imported:
    """Make OpenSearch and Dashboards hold all of it. Repeating it changes nothing; it deletes nothing.

    Raises:
        SavedObjectsError: the set is not whole, or lacks the dashboard that the permalink leads to.
        ServerError: a server refused, or was not ready in the time that `config` gives it.
    """
    check_whole(objects)
    until = time.monotonic() + config.ready_timeout_seconds
    opensearch, dashboards = connect(config)

    made, retention = prepare(opensearch, objects, templates, governance or Governance(), until=until)

    wait_for_dashboards(dashboards, until=until)
    # Each again while time is left: Dashboards may restart, or a right may arrive late, between any two of them.
    dashboards.persist(lambda: import_objects(dashboards, objects), until=until)
    dashboards.persist(lambda: read_back(dashboards, objects), until=until)
    link = dashboards.persist(
        lambda: short_link(dashboards, MAIN_DASHBOARD, tenant=config.dashboards_tenant), until=until
    )
    return Imported(link, config.dashboards_url, len(objects), len(templates), made, retention)


def prepare(
    opensearch: Connection,
    objects: list[SavedObject],
    templates: dict[str, str],
    governance: Governance,
    *,
    until: float,
) -> tuple[list[str], str]:
    """All that is done to OpenSearch itself; gives the indices made, and what is so of retention.

    The templates come before the indices and the indices before the objects: a field's mapping is fixed by
    the first document, and a panel over a pattern that matches no index shows an error.
    """
    wait_for_opensearch(opensearch, until=until)

    def write() -> tuple[list[str], str]:
        if governance.role_mappings is not None:
            grant(opensearch, governance.role_mappings, governance.former_mappings)
        put_index_templates(opensearch, templates)
        made = ensure_indices(opensearch, [each.title for each in objects if each.type == "index-pattern"])
        return made, "" if governance.retention_days is None else keep_for(opensearch, governance.retention_days)

    return opensearch.persist(write, until=until)
