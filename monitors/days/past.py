"""Which periods there are: the indices that were written day by day, and the archives that they are folded into.

An archive is a hidden index, `cwl-from-2026.10.01`, named after the first day in it. Searches see it through aliases
that match the same pattern: `…​.days` for all of it, and one with the name of each day, which shows that day and takes
its late events. So a document has the same `_id`, and its day's name leads to it, before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import INDICES, Index
from monitors.reporting.periods import Period

ARCHIVE, VISIBLE, OPEN, MOVED = "from-", ".days", ".open", ".in."
FOLDED = tuple(each for each in INDICES if "%" in each.name)


def prefix(kind: Index) -> str:
    """Return what the names of a kind begin with, such as `cwl-`."""
    return kind.pattern.removesuffix("*")


def period_of(kind: Index, name: str) -> Period | None:
    """Return the day or month that a name of this kind stands for, or None for any other name."""
    try:
        start = datetime.strptime(name, kind.name).replace(tzinfo=UTC)
    except ValueError:
        return None
    if kind.name_at(start) != name:
        return None
    if "%d" in kind.name:
        return Period(start, start + timedelta(days=1))
    return Period(start, (start + timedelta(days=32)).replace(day=1))


@dataclass(frozen=True)
class Stored:
    """An index as the engine lists it."""

    name: str
    aliases: Mapping[str, Mapping[str, Any]]
    is_hidden: bool
    is_blocked: bool
    is_open: bool
    bytes: int

    @property
    def moved_to(self) -> str | None:
        """The archive that holds all of its documents already, so that it may go."""
        return next((alias.partition(MOVED)[2] for alias in self.aliases if MOVED in alias), None)


@dataclass(frozen=True)
class Past:
    """All indices of one kind."""

    kind: Index
    indices: Mapping[str, Stored]

    @property
    def archives(self) -> list[Stored]:
        """The archives, the newest first."""
        start = prefix(self.kind) + ARCHIVE
        newest_first = (self.indices[name] for name in sorted(self.indices, reverse=True) if name.startswith(start))
        return [each for each in newest_first if each.is_hidden]

    @property
    def periods(self) -> dict[str, Period]:
        """Name → period of each index that is still a day or month of its own, the oldest first."""
        found = {name: period_of(self.kind, name) for name in sorted(self.indices)}
        return {name: period for name, period in found.items() if period}

    @property
    def folded(self) -> dict[str, tuple[str, Period]]:
        """Name → (archive, period) of each day or month that is in an archive, the oldest first."""
        return {
            alias: (archive.name, period)
            for archive in self.archives
            for alias in sorted(archive.aliases)
            if (period := period_of(self.kind, alias))
        }


def read(search: OpenSearch, kind: Index) -> Past:
    """Return the indices of one kind, hidden and closed ones included."""
    options = {"expand_wildcards": "all", "ignore_unavailable": "true"}
    found = search.indices.get(index=kind.pattern, params={**options, "filter_path": "*.aliases,*.settings"})
    sizes = {
        each["index"]: int(each["store.size"] or 0)
        for each in search.cat.indices(
            index=kind.pattern,
            params={"expand_wildcards": "all", "format": "json", "bytes": "b", "h": "index,store.size"},
        )
    }
    indices = {}
    for name, each in found.items():
        settings = each["settings"]["index"]
        indices[name] = Stored(
            name,
            each.get("aliases", {}),
            settings.get("hidden") == "true",
            settings.get("blocks", {}).get("write") == "true",
            settings.get("verified_before_close") != "true",
            sizes.get(name, 0),
        )
    return Past(kind, indices)
