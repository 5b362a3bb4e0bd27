"""Import everything in one call, for the deployment's custom resource and for `predmon import`."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dashboards.importer.access import write_roles
from dashboards.importer.config import Config
from dashboards.importer.connection import Connection, ServerError, connect
from dashboards.importer.dashboards_api import fetch, import_objects, read_back, short_link, wait_for_dashboards
from dashboards.importer.edits import edited, to_import
from dashboards.importer.foreign import Foreign, find_foreign, find_taken_names, remove_pipelines
from dashboards.importer.indices import add_fields, ensure_indices, put_index_templates, wait_for_opensearch
from dashboards.importer.older_raw import move_older_raw
from dashboards.importer.retention import retire_policy
from dashboards.importer.saved_objects import (
    DRIFT_DASHBOARD,
    MAIN_DASHBOARD,
    QUALITY_DASHBOARD,
    SavedObject,
    check_whole,
)


@dataclass(frozen=True)
class ImportResult:
    """The links, the counts, the indices that were made, a sentence on retention, and the edits that were kept."""

    dashboard_url: str
    drift_dashboard_url: str
    quality_dashboard_url: str
    dashboards_url: str
    objects: int
    templates: int
    indices_made: list[str]
    retention: str
    kept_edits: list[str]
    """Objects that people edited in Dashboards, which the import left as they are: type and id."""
    foreign: list[str]
    """What somebody else made that changes what is counted: a sentence for each."""


@dataclass(frozen=True)
class AccessAndRetention:
    """The access and retention that a deployment asks for. The defaults ask for nothing and leave both as they are.

    `role_mappings` is None if the domain has no fine-grained access control. `retention_days` is None if the caller
    does not set it; 0 keeps predictions for ever.
    """

    role_mappings: Mapping[str, Sequence[str]] | None = None
    former_mappings: Mapping[str, Sequence[str]] | None = None
    retention_days: int | None = None


def import_everything(
    config: Config,
    objects: list[SavedObject],
    templates: dict[str, str],
    access_and_retention: AccessAndRetention | None = None,
    *,
    keep_edits: bool = False,
) -> ImportResult:
    """Write all templates, indices and objects to OpenSearch and Dashboards.

    A second call changes nothing. It deletes nothing. With `keep_edits`, objects that people edited in Dashboards
    since the last import stay as they are; the result names them.

    Raises:
        SavedObjectsError: if the set is not whole, or lacks the dashboard that the permalink leads to.
        ServerError: if a server refuses, or is not ready in time.
    """
    check_whole(objects)
    until = time.monotonic() + config.ready_timeout_seconds
    opensearch, dashboards = connect(config)

    made, retention = prepare(opensearch, objects, templates, access_and_retention or AccessAndRetention(), until=until)
    foreign = _accept_foreign(opensearch, templates)

    wait_for_dashboards(dashboards, until=until)
    # Each again while time is left: Dashboards may restart, or a right may arrive late, between any two of them.
    live = dashboards.persist(lambda: fetch(dashboards, objects), until=until)
    kept = edited(objects, live) if keep_edits else []
    sent = [to_import(each, live) for each in objects if each not in kept]
    if sent:
        dashboards.persist(lambda: import_objects(dashboards, sent), until=until)
        dashboards.persist(lambda: read_back(dashboards, sent), until=until)
    link, drift_link, quality_link = (
        dashboards.persist(partial(short_link, dashboards, board, tenant=config.dashboards_tenant), until=until)
        for board in (MAIN_DASHBOARD, DRIFT_DASHBOARD, QUALITY_DASHBOARD)
    )
    return ImportResult(
        link,
        drift_link,
        quality_link,
        config.dashboards_url,
        len(sent),
        len(templates),
        made,
        retention,
        [" ".join(each.key) for each in kept],
        foreign,
    )


def prepare(
    opensearch: Connection,
    objects: list[SavedObject],
    templates: dict[str, str],
    access_and_retention: AccessAndRetention,
    *,
    until: float,
) -> tuple[list[str], str]:
    """Prepare OpenSearch for the import. Return the names of the indices made, and a sentence on retention.

    Templates come before indices, because the first document decides the type of a field. Indices come before
    objects, because a panel over a pattern that matches no index shows an error.
    """
    wait_for_opensearch(opensearch, until=until)

    wanted = access_and_retention

    def write() -> tuple[list[str], str]:
        if wanted.role_mappings is not None:
            write_roles(opensearch, wanted.role_mappings, wanted.former_mappings)
        if templates:
            _refuse(find_taken_names(opensearch))
        put_index_templates(opensearch, templates)
        add_fields(opensearch, templates)
        remove_pipelines(opensearch)
        made = ensure_indices(opensearch, [each.title for each in objects if each.type == "index-pattern"])
        move_older_raw(opensearch)
        if wanted.retention_days is None:
            return made, ""
        retire_policy(opensearch)
        kept = f"for {wanted.retention_days} days" if wanted.retention_days else "for ever"
        return made, f"predictions and lines kept raw are kept {kept}"

    return opensearch.persist(write, until=until)


def _accept_foreign(opensearch: Connection, templates: Mapping[str, str]) -> list[str]:
    """Return what somebody else made that may stay. Raises ServerError where it would store predictions wrong."""
    found = find_foreign(opensearch, templates) if templates else []
    _refuse(found)
    return [each.sentence for each in found]


def _refuse(found: Iterable[Foreign]) -> None:
    if refused := [each.sentence for each in found if each.is_refused]:
        raise ServerError(f"Predictions would be stored wrong or not at all: {'. '.join(refused)}.")
