"""Where and when a document was logged: its action line, its `@timestamp`, and how much of the text may be stored."""

from __future__ import annotations

import hashlib
import re
import time
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from contracts.text_terms import hide_terms
from lambda_shipper.domain.indices import Index, Indices

HASHED = re.compile(r"sha256:[0-9a-f]{64}")
HASH_CHARACTERS = len("sha256:") + 64
FIELD = re.compile(r"\[[\w.@-]{1,200}\]")
MILLISECONDS = tuple(f"{number:03d}Z" for number in range(1000))


class Minute(NamedTuple):
    """What all events of a minute share."""

    stamp: str
    """The beginning of `@timestamp`."""
    head: bytes
    """The beginning of a prediction's action line."""
    raw_head: bytes
    """The beginning of the action line of what is kept raw."""
    day: Index
    """What is known of the index of predictions."""


class Clock:
    """Turns the events' times into stamps and indices.

    Neighbouring events mostly share their second, and nearly all share a minute with others, so a date is formatted
    once a minute only.
    """

    def __init__(self, indices: Indices) -> None:
        """`indices` is what is known of the days' indices."""
        self._indices = indices
        self._minutes: dict[int, Minute] = {}

    def minute(self, timestamp: int) -> Minute:
        """Return what a moment, in milliseconds since 1970, shares with its minute."""
        number = timestamp // 60_000
        found = self._minutes.get(number)
        if found is None:
            stamp, day, head, raw_head = _texts(number)
            found = self._minutes[number] = Minute(stamp, head, raw_head, self._indices.get(f"cwl-{day}"))
        return found

    def stamp(self, timestamp: int) -> str:
        """Return a moment as ISO 8601 with milliseconds, in UTC."""
        second, milliseconds = divmod(timestamp % 60_000, 1000)
        return f"{self.minute(timestamp).stamp}{second:02d}.{MILLISECONDS[milliseconds]}"


@lru_cache(maxsize=16)
def _texts(minute: int) -> tuple[str, str, bytes, bytes]:
    """Return a minute's beginning of `@timestamp`, its day, and the beginnings of its two action lines."""
    utc = time.gmtime(minute * 60)
    day = time.strftime("%Y.%m.%d", utc)
    head, raw_head = (f'{{"index":{{"_index":"{kind}-{day}","_id":'.encode() for kind in ("cwl", "raw"))
    return time.strftime("%Y-%m-%dT%H:%M:", utc), day, head, raw_head


def hide(document: dict[str, Any], store_text: str) -> None:
    """Hash `text` and `@message` (`hash`), or leave them out (`none`); `full` leaves them as they are.

    What `hide_terms` keeps of a text joins what is derived from it.
    """
    if store_text == "full":
        return
    text = document.get("text")
    if isinstance(text, str) and not is_hash(text):
        document["shipper"] = document["shipper"] | {"text_terms": hide_terms(text)}
    for key in ("text", "@message"):
        if key in document:
            value = document.pop(key)
            if store_text == "hash":
                document[key] = hash_of(value)


def is_hash(text: str) -> bool:
    """Return whether this is a hash already, such as the model's own function writes when it must not log the text."""
    return HASHED.fullmatch(text) is not None


def hash_of(value: Any) -> str:
    """Return the hash; what is one already stays, so that a hash by the model's own function survives."""
    if not isinstance(value, str):
        value = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value if is_hash(value) else f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def without_values(detail: str) -> str:
    """Keep an error's type and the field it names, and drop the rest, which may quote what was logged."""
    kind, _, reason = detail.partition(":")
    field = FIELD.search(reason)
    return f"{kind} {field.group()}" if field else kind
