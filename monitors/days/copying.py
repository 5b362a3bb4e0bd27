"""Copy and remove the documents of a period, in requests that are short enough for any way to the domain."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from monitors.reporting.answers import ask
from monitors.reporting.periods import Period

MOST_AT_ONCE = 20_000
"""Documents of one request: a second or two, far below what a connection may be silent for."""
REQUEST_SECONDS = 120
SHORTEST = timedelta(seconds=1)
TIME = "@timestamp"


class OutOfTimeError(Exception):
    """The function's time is up. The next run goes on."""


def count(search: OpenSearch, index: str, query: dict[str, Any] | None = None) -> int:
    """Return how many documents of an index a query finds, those of the last moment included."""
    search.indices.refresh(index=index)
    body = {"size": 0, "track_total_hits": True, **({"query": query} if query else {})}
    return int(ask(search, index, body)["hits"]["total"]["value"])


def copy(search: OpenSearch, source: str, archive: str, period: Period, until: float) -> None:
    """Copy the documents of a period with their ids. Raises OutOfTimeError past `until` (monotonic clock).

    What the archive refuses is missing there afterwards: count.
    """
    if time.monotonic() > until:
        raise OutOfTimeError(f"{source} is copied only in part")
    found = count(search, source, period.filter(TIME))
    if found > MOST_AT_ONCE and period.length > SHORTEST:
        middle = period.start + timedelta(milliseconds=period.length // timedelta(milliseconds=2))
        copy(search, source, archive, Period(period.start, middle), until)
        copy(search, source, archive, Period(middle, period.end), until)
    elif found:
        source_of = {"index": source, "query": period.filter(TIME), "size": 2000}
        body = {"source": source_of, "dest": {"index": archive}, "conflicts": "proceed"}
        with suppress(RequestError):  # of a document that the archive refuses: it is missing there afterwards
            search.reindex(body=body, params={"refresh": "false"}, request_timeout=REQUEST_SECONDS)


def remove(search: OpenSearch, index: str, query: dict[str, Any], until: float) -> None:
    """Remove what a query finds from an index. Raises OutOfTimeError past `until`."""
    while count(search, index, query):
        if time.monotonic() > until:
            raise OutOfTimeError(f"{index} still holds a part of what is to be removed")
        body = {"query": query, "max_docs": MOST_AT_ONCE}
        options = {"conflicts": "proceed", "refresh": "true"}
        search.delete_by_query(index=index, body=body, params=options, request_timeout=REQUEST_SECONDS)
