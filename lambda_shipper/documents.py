"""From a prediction to the two lines of a bulk request: the action and the document.

A document is the logged object plus `@id @timestamp @message @owner @log_group @log_stream`, as the CloudWatch
console's own function writes it, plus `shipper` with what is derived here. A user's own key of one of these names
gives way (`@message` still holds it). `_id` is the log event's id and the index its UTC day, so that delivering an
event again, at any time, writes the same document.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from lambda_shipper.config import Config
from lambda_shipper.decoding import LogBatch, LogEvent
from lambda_shipper.selection import Selection, Unreadable

FIELD = re.compile(r"\[[\w.@-]{1,200}\]")
HASHED = re.compile(r"sha256:[0-9a-f]{64}")
MAX_DETAIL_CHARACTERS = 512
ESCAPED_BYTES = 6  # the most that one byte of text becomes in JSON: \u0000


class Action(NamedTuple):
    """One document on its way: its event and its lines as they go over the wire."""

    event: LogEvent
    lines: bytes
    is_raw: bool = False


class Documents:
    """Makes the documents of one batch, under one configuration."""

    def __init__(self, batch: LogBatch, config: Config) -> None:
        """`config` gives `store_text` and `chunk_bytes`, which no document may exceed."""
        self._batch = batch
        self._store_text = config.store_text
        self._max_bytes = config.chunk_bytes
        self._minutes: dict[int, tuple[str, bytes]] = {}

    def actions(self, selection: Selection) -> Iterator[Action]:
        """Give each selected event's action, in the batch's order, one at a time."""
        for event, found in selection:
            if isinstance(found, Unreadable):
                yield self.kept_raw(event, found.reason, found.detail)
                continue
            try:
                lines = self._lines(event, self._enrich(event, found))
            except TypeError:  # orjson writes 254 levels
                yield self.kept_raw(event, "too_deep", "nested deeper than 254 levels")
                continue
            if len(lines) > self._max_bytes:
                yield self.kept_raw(event, "too_large", f"{len(lines)} bytes, at most {self._max_bytes} fit")
            else:
                yield Action(event, lines)

    def kept_raw(self, event: LogEvent, reason: str, detail: str) -> Action:
        """Give the form that always fits: no key of the user's, the line as text, and why.

        `@message` is cut, and `shipper.truncated` says so, where the whole would not fit a bulk request.
        """
        if self._store_text != "full":
            detail = without_values(detail)
        shipper: dict[str, Any] = {"kept_raw": {"reason": reason, "detail": detail[:MAX_DETAIL_CHARACTERS]}}
        document = self._metadata(event)
        document["shipper"] = shipper
        lines = self._lines(event, document)
        if len(lines) > self._max_bytes:
            room = max(0, self._max_bytes - len(lines) + len(orjson.dumps(document["@message"]))) // ESCAPED_BYTES
            document["@message"] = document["@message"].encode()[:room].decode(errors="ignore")
            shipper["truncated"] = True
            lines = self._lines(event, document)
        return Action(event, lines, is_raw=True)

    def _enrich(self, event: LogEvent, prediction: dict[str, Any]) -> dict[str, Any]:
        text = prediction.get("text")
        shipper: dict[str, Any] = {}
        if isinstance(text, str) and not HASHED.fullmatch(text):
            shipper = {"text_characters": len(text), "text_words": len(text.split())}
        if self._store_text != "full" and "text" in prediction:
            del prediction["text"]
            if self._store_text == "hash":
                prediction["text"] = _hash(text)
        prediction.update(self._metadata(event))
        prediction["shipper"] = shipper
        return prediction

    def _metadata(self, event: LogEvent) -> dict[str, Any]:
        batch, message = self._batch, event["message"]
        metadata = {
            "@id": event["id"],
            "@timestamp": self._minute(event)[0] % (event["timestamp"] % 60_000 / 1000),
            "@message": message,
            "@owner": batch.owner,
            "@log_group": batch.log_group,
            "@log_stream": batch.log_stream,
        }
        if self._store_text == "hash":
            metadata["@message"] = _hash(message)
        elif self._store_text == "none":
            del metadata["@message"]
        return metadata

    def _lines(self, event: LogEvent, document: dict[str, Any]) -> bytes:
        return self._minute(event)[1] % (orjson.dumps(event["id"]), orjson.dumps(document))

    def _minute(self, event: LogEvent) -> tuple[str, bytes]:
        """Give what all events of a minute share: the timestamp without seconds, and the lines but for the rest."""
        minute = event["timestamp"] // 60_000
        if minute not in self._minutes:
            utc = time.gmtime(minute * 60)
            self._minutes[minute] = (
                time.strftime("%Y-%m-%dT%H:%M:%%06.3fZ", utc),
                time.strftime('{"index":{"_index":"cwl-%Y.%m.%d","_id":%%b}}\n%%b\n', utc).encode(),
            )
        return self._minutes[minute]


def _hash(value: Any) -> str:
    """A value that is hashed already stays as it is, so that a hash by the model's own function survives."""
    if not isinstance(value, str):
        value = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value if HASHED.fullmatch(value) else f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def without_values(detail: str) -> str:
    """Keep an error's type and the field it names, and drop the rest, which may quote what was logged."""
    kind, _, reason = detail.partition(":")
    field = FIELD.search(reason)
    return f"{kind} {field.group()}" if field else kind
