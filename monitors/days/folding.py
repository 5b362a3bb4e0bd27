"""Fold a period that is over into an archive, so that no search ever sees a document twice or not at all.

Each step is one change of the cluster's state, and a run that ends after any of them leaves something that searches
see rightly and that the next run continues:

1. The archive's alias leaves the period out, so that its documents can be copied unseen. The period's index gets an
   alias.
2. The period's index is hidden, and seen by its alias. Then writes to it are blocked: the shipper
   tries late events again.
3. Its documents are copied, and counted on both sides.
4. In one step the alias of the period's index goes and the archive's alias shows everything. An alias, which no search
   follows, says that the index is in the archive.
5. When all searches from before have ended, the index is removed and its name becomes an alias of the archive, in one
   step. From then on late events go there.
"""

from __future__ import annotations

import time
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from contracts.mappings import without_wrong
from monitors.days.copying import copy, count, remove
from monitors.days.past import ARCHIVE, MOVED, OPEN, VISIBLE, Past, Stored, prefix
from monitors.reporting.periods import Period

MOST_ARCHIVE_BYTES = 10 * 2**30
"""A shard of this size is well within what a node handles; a larger archive takes no more periods."""
MOST_PERIOD_BYTES = 2**29
"""A larger day is worth a shard of its own, and copying it could take longer than the function has."""
SEARCH_SECONDS = 60.0
"""How long the end of the searches that are under way is waited for."""
TIME = "@timestamp"


class NotFoldedError(Exception):
    """A period stays an index of its own; the message says why."""


def fold(search: OpenSearch, past: Past, name: str, until: float) -> None:
    """Copy a period into an archive and let searches see it there; `finish` removes the index.

    Raises NotFoldedError where the period cannot be folded; then everything is as before.
    """
    period, stored = past.periods[name], past.indices[name]
    if not stored.is_open:
        raise NotFoldedError(f"{name} is closed")
    archive = _choose_archive(search, past, stored)
    change(search, _make_visible(archive, period), {"add": {"index": name, "alias": name + OPEN}})
    search.indices.put_settings(index=name, body={"index.hidden": True})
    search.indices.add_block(index=name, block="write")
    try:
        _copy_whole(search, name, archive, period, until)
    except NotFoldedError:
        undo(search, name, archive, period)
        raise
    change(
        search,
        {"remove": {"index": name, "alias": name + OPEN}},
        {"add": {"index": name, "alias": f"{name}{MOVED}{archive}", "is_hidden": True}},
        _make_visible(archive),
    )


def _copy_whole(search: OpenSearch, name: str, archive: str, period: Period, until: float) -> None:
    whole = count(search, name)
    if count(search, name, period.filter(TIME)) != whole:
        raise NotFoldedError(f"{name} holds documents of another time than {period}")
    remove(search, archive, period.filter(TIME), until)
    copy(search, name, archive, period, until)
    if (there := count(search, archive, period.filter(TIME))) != whole:
        raise NotFoldedError(f"of {whole} documents of {name}, {there} could be copied to {archive}")


def undo(search: OpenSearch, name: str, archive: str, period: Period) -> None:
    """Make a period an index like any other again, and remove its copy."""
    remove(search, archive, period.filter(TIME), float("inf"))
    search.indices.put_settings(index=name, body={"index.blocks.write": None, "index.hidden": None})
    change(search, {"remove": {"index": name, "alias": name + OPEN, "must_exist": False}}, _make_visible(archive))


def recover(search: OpenSearch, past: Past, until: float) -> None:
    """Remove what an interrupted run copied: it is what the alias of an archive leaves out."""
    for archive in past.archives:
        alias = archive.aliases.get(archive.name + VISIBLE)
        if alias is not None and (left_out := alias.get("filter")):
            remove(search, archive.name, left_out["bool"]["must_not"][0], until)
            change(search, _make_visible(archive.name))


def finish(search: OpenSearch, past: Past) -> list[str]:
    """Remove the indices whose documents are in an archive, and let their names lead there. Return these names."""
    moved = {name: period for name, period in past.periods.items() if past.indices[name].moved_to}
    for name, period in moved.items():
        archive = past.indices[name].moved_to
        named = {"index": archive, "alias": name, "filter": period.filter(TIME)}
        change(search, {"remove_index": {"index": name}}, {"add": named})
    return list(moved)


def wait_for_searches(search: OpenSearch, until: float) -> bool:
    """Wait until every search that has begun before now has ended. Return whether it has."""
    until = min(until, time.monotonic() + SEARCH_SECONDS)
    running = _searches(search)
    while running:
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
        running &= _searches(search)
    return True


def _searches(search: OpenSearch) -> set[str]:
    nodes = search.tasks.list(params={"actions": "indices:data/read/*"})["nodes"].values()
    return {name for node in nodes for name in node["tasks"]}


def _choose_archive(search: OpenSearch, past: Past, stored: Stored) -> str:
    """Return an archive that takes the period with the mapping that it has; make one where there is none.

    The mapping decides how a search finds a document, so it must stay what it was. But a field that somebody else's
    template had mapped so that it is counted wrong becomes what it should have been.
    """
    start = prefix(past.kind)
    made = search.indices.simulate_index_template(name=start + ARCHIVE)["template"]["mappings"]
    mapping = search.indices.get_mapping(index=stored.name)[stored.name]["mappings"]
    fields = {"properties": without_wrong(mapping.get("properties", {}), made["properties"])}
    for archive in past.archives:
        if archive.bytes + stored.bytes <= MOST_ARCHIVE_BYTES and archive.is_open:
            try:
                search.indices.put_mapping(index=archive.name, body=fields)
            except RequestError:
                continue  # a field has another type there, or there are too many fields
            return archive.name
    name = first = f"{start}{ARCHIVE}{stored.name.removeprefix(start)}"
    number = 1
    while name in past.indices:
        number += 1
        name = f"{first}-{number}"
    search.indices.create(index=name, body={"settings": {"index.hidden": True}, "mappings": {**mapping, **fields}})
    return name


def _make_visible(archive: str, without: Period | None = None) -> dict[str, Any]:
    """Return the action that lets searches see an archive, except for one period."""
    hidden = {"filter": {"bool": {"must_not": [without.filter(TIME)]}}} if without else {}
    return {"add": {"index": archive, "alias": archive + VISIBLE, **hidden}}


def change(search: OpenSearch, *actions: dict[str, Any]) -> None:
    """Change aliases and remove indices, all in one step that no search sees half of."""
    search.indices.update_aliases(body={"actions": list(actions)})
