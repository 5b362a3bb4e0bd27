"""Let one run at a time change past days: two at once could undo each other's work.

The lock is an index, since the engine makes an index once only, whoever asks at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from contracts.indices import LOCK
from monitors.days.folding import change
from monitors.reporting.periods import read_millis

LONGEST = timedelta(minutes=16)
"""No run lasts longer, so an older lock is that of a run that was ended from outside."""


class BusyError(Exception):
    """Another run works at the same time."""


@contextmanager
def one_at_a_time(search: OpenSearch) -> Iterator[None]:
    """Hold the lock. Raises BusyError where another run holds it."""
    _take(search)
    try:
        yield
    finally:
        change(search, {"remove_index": {"index": LOCK}})


def _take(search: OpenSearch) -> None:
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "index.hidden": True}
    try:
        search.indices.create(index=LOCK, body={"settings": settings})
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
        made = search.indices.get_settings(index=LOCK)[LOCK]["settings"]["index"]["creation_date"]
        if datetime.now().astimezone() - read_millis(float(made)) < LONGEST:
            raise BusyError(f"{LOCK} is there: another run works, or was ended less than {LONGEST} ago") from error
        change(search, {"remove_index": {"index": LOCK}})
        search.indices.create(index=LOCK, body={"settings": settings})
