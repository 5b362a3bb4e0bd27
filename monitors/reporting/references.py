"""References: frozen once, named, numbered, never changed; and which of them a period is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError

from monitors.reporting.periods import Period

AUTOMATIC, BY_HAND, ACCEPTED = "automatic", "by hand", "accepted"
AUTOMATIC_NAMES = "first "
"""How the names of automatic references begin; those from before their origin was stored are known by it."""


class Revision(Protocol):
    """One of the references of the same predictions."""

    @property
    def revision(self) -> int:
        """Return its number."""

    @property
    def origin(self) -> str:
        """Return who made it."""

    @property
    def period(self) -> Period:
        """Return the time that it covers."""


Known = TypeVar("Known", bound=Revision)


def choose_in_force(own: Iterable[Known], start: datetime) -> Known | None:
    """Return the reference that a period beginning at `start` is compared with, or None where there are none.

    The newest that a person froze or accepted counts, and of those made automatically afterwards the newest that ends
    before the period. So the same period is always compared with the same reference, however much has grown since.
    """
    chosen: Known | None = None
    for each in sorted(own, key=lambda one: one.revision):
        if chosen is None or each.origin != AUTOMATIC or each.period.end <= start:
            chosen = each
    return chosen


def read_origin(stored: Mapping[str, Any]) -> str:
    """Return who made a stored reference, also where that was not stored yet."""
    by_name = AUTOMATIC if stored["name"].startswith(AUTOMATIC_NAMES) else BY_HAND
    return str(stored.get("origin", by_name))


def create(search: OpenSearch, index: str, identity: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Store a revision, and return what is stored. Two that store the same one at once both get the first."""
    try:
        search.create(index=index, id=identity, body=document, params={"refresh": "true"})
    except ConflictError:
        return dict(search.get(index=index, id=identity)["_source"])
    return dict(document)
