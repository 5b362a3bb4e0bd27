"""Delete days that are older than predictions are kept. What is not folded goes with its index."""

from __future__ import annotations

from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from monitors.days.copying import count, remove
from monitors.days.folding import TIME, change
from monitors.days.past import VISIBLE, Past, Stored


def hide_expired(search: OpenSearch, past: Past, now: datetime, days: int) -> list[str]:
    """Let no search see the indices of days that are over for longer than `days`. Return their names."""
    if not days or not past.kind.is_deleted_by_age:
        return []
    oldest = now - timedelta(days=days)
    names = [name for name, period in past.periods.items() if period.end <= oldest and past.indices[name].is_open]
    for name in names:
        search.indices.put_settings(index=name, body={"index.hidden": True})
    return names


def delete_indices(search: OpenSearch, names: list[str]) -> None:
    """Delete indices that no search sees any more."""
    if names:
        change(search, *({"remove_index": {"index": name}} for name in names))


def delete_folded(search: OpenSearch, past: Past, now: datetime, days: int, until: float) -> list[str]:
    """Delete old days from the archives, and archives that are empty then. Return the names of the days.

    The documents go first and the day's name last, so an interrupted run is continued by the next.
    """
    if not days or not past.kind.is_deleted_by_age:
        return []
    oldest = now - timedelta(days=days)
    expired = [(name, archive, period) for name, (archive, period) in past.folded.items() if period.end <= oldest]
    for name, held_by, period in expired:
        remove(search, held_by, period.filter(TIME), until)
        change(search, {"remove": {"index": held_by, "alias": name}})
    gone = {name for name, _, _ in expired}
    for archive in past.archives:
        if gone and _is_over(archive, gone) and not count(search, archive.name):
            change(search, {"remove_index": {"index": archive.name}})
    return sorted(gone)


def _is_over(archive: Stored, gone: set[str]) -> bool:
    return set(archive.aliases) - gone == {archive.name + VISIBLE}
