"""From a prediction to the two lines of a bulk request: the action and the document.

A document is the logged object plus `@id @timestamp @message @owner @log_group @log_stream`, as the CloudWatch
console's own function writes it, plus `shipper` with what is derived here. A user's own key of one of these names
gives way (`@message` still holds it), and a bare `prediction` or `model` gets the name that the index has for it
(decision 7), since one field cannot be an object here and a value there. `_id` is the log event's id and the index
its UTC day, so that delivering an event again, at any time, writes the same document.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any

import orjson

from lambda_shipper.config import Config
from lambda_shipper.decoding import LogBatch, LogEvent
from lambda_shipper.selection import Selection, Unreadable

FIELD = re.compile(r"\[[\w.@-]{1,200}\]")
HASHED = re.compile(r"sha256:[0-9a-f]{64}")
HASH_CHARACTERS = len("sha256:") + 64
MAX_DETAIL_CHARACTERS = 512
NEWLINE = orjson.OPT_APPEND_NEWLINE
MILLISECONDS = tuple(f"{number:03d}Z" for number in range(1000))
ESCAPED_BYTES = 6  # the most that one byte of text becomes in JSON: \u0000


Action = tuple[LogEvent, bytes, "Documents | None"]
"""One document on its way: its event, its two lines as they go over the wire, and who makes its raw form.

With None it is the raw form.
"""


class Documents:
    """Makes the documents of one batch, under one configuration."""

    def __init__(self, batch: LogBatch, config: Config) -> None:
        """`config` gives `store_text` and `chunk_bytes`, which no document may exceed."""
        self._owner, self._log_group, self._log_stream = batch.owner, batch.log_group, batch.log_stream
        self._store_text = config.store_text
        self._max_bytes = config.chunk_bytes
        self._second, self._stamp, self._head = -1000, "", b""
        self._minutes: dict[int, tuple[str, bytes]] = {}

    def actions(self, selection: Selection) -> Iterator[Action]:
        """Give each selected event's action, in the batch's order, one at a time.

        The only loop that runs once for every event with more than a few lines, so it calls as little as it can.
        """
        store_all = self._store_text == "full"
        derived = {"text_characters": 0, "text_words": 0}
        for event, found in selection:
            if isinstance(found, Unreadable):
                yield self.kept_raw(event, found.reason, found.detail)
                continue
            if type(found["prediction"]) is not dict:
                found["prediction"] = named(found["prediction"])
            if type(found.get("model")) is str:
                found["model"] = {"name": found["model"]}
            text = found.get("text")
            if not isinstance(text, str) or (len(text) == HASH_CHARACTERS and is_hash(text)):
                found["shipper"] = {}
            else:
                derived["text_characters"] = len(text)
                derived["text_words"] = len(text.split())
                found["shipper"] = derived
            offset = event["timestamp"] - self._second
            if not 0 <= offset < 1000:
                offset = self._enter_second(event["timestamp"])
            found["@id"] = id = event["id"]
            found["@timestamp"] = self._stamp + MILLISECONDS[offset]
            found["@message"] = event["message"]
            found["@owner"] = self._owner
            found["@log_group"] = self._log_group
            found["@log_stream"] = self._log_stream
            if not store_all:
                self._hide(found)
            try:
                lines = self._head + orjson.dumps(id) + b"}}\n" + orjson.dumps(found, None, NEWLINE)
            except TypeError:  # orjson writes 254 levels
                yield self.kept_raw(event, "too_deep", "nested deeper than 254 levels")
                continue
            if len(lines) > self._max_bytes:
                yield self.kept_raw(event, "too_large", f"{len(lines)} bytes, at most {self._max_bytes} fit")
            else:
                yield event, lines, self

    def kept_raw(self, event: LogEvent, reason: str, detail: str) -> Action:
        """Give the form that always fits: no key of the user's, the line as text, and why.

        `@message` is cut, and `shipper.truncated` says so, where the whole would not fit a bulk request.
        """
        if self._store_text != "full":
            detail = without_values(detail)
        shipper: dict[str, Any] = {"kept_raw": {"reason": reason, "detail": detail[:MAX_DETAIL_CHARACTERS]}}
        message = event["message"]
        lines = self._raw_lines(event, shipper, message)
        if len(lines) > self._max_bytes:
            shipper["truncated"] = True
            room = max(0, self._max_bytes - (len(lines) - len(orjson.dumps(message)))) // ESCAPED_BYTES
            lines = self._raw_lines(event, shipper, message.encode()[:room].decode(errors="ignore"))
        return event, lines, None

    def _raw_lines(self, event: LogEvent, shipper: dict[str, Any], message: str) -> bytes:
        offset = self._enter_second(event["timestamp"])
        document = {
            "shipper": shipper,
            "@id": event["id"],
            "@timestamp": self._stamp + MILLISECONDS[offset],
            "@message": message,
            "@owner": self._owner,
            "@log_group": self._log_group,
            "@log_stream": self._log_stream,
        }
        if self._store_text != "full":
            self._hide(document)
        return self._head + orjson.dumps(event["id"]) + b"}}\n" + orjson.dumps(document, None, NEWLINE)

    def _hide(self, document: dict[str, Any]) -> None:
        """Hash, or leave out, what must not be stored as it is."""
        for key in ("text", "@message"):
            if key in document:
                value = document.pop(key)
                if self._store_text == "hash":
                    document[key] = _hash(value)

    def _enter_second(self, timestamp: int) -> int:
        """Make ready what all events of a second share; gives the milliseconds into it.

        Neighbouring events mostly share their second, and nearly all share a minute with others, so a date is
        formatted once a minute only.
        """
        minute, rest = divmod(timestamp, 60_000)
        if minute not in self._minutes:
            utc = time.gmtime(minute * 60)
            stamp = time.strftime("%Y-%m-%dT%H:%M:", utc)
            self._minutes[minute] = stamp, time.strftime('{"index":{"_index":"cwl-%Y.%m.%d","_id":', utc).encode()
        stamp, self._head = self._minutes[minute]
        second, offset = divmod(rest, 1000)
        self._second, self._stamp = timestamp - offset, f"{stamp}{second:02d}."
        return offset


def named(prediction: Any) -> Any:
    """Make a bare text or boolean a `label`, and a bare number a `score`, also each in a list; all else stays."""
    if isinstance(prediction, list):
        return [each if isinstance(each, list) else named(each) for each in prediction]
    if isinstance(prediction, str | bool):
        return {"label": prediction}
    return {"score": prediction} if isinstance(prediction, int | float) else prediction


def is_hash(text: str) -> bool:
    """Tell whether this is a hash already, such as the model's own function writes when it must not log the text."""
    return HASHED.fullmatch(text) is not None


def _hash(value: Any) -> str:
    """A value that is hashed already stays as it is, so that a hash by the model's own function survives."""
    if not isinstance(value, str):
        value = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value if is_hash(value) else f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def without_values(detail: str) -> str:
    """Keep an error's type and the field it names, and drop the rest, which may quote what was logged."""
    kind, _, reason = detail.partition(":")
    field = FIELD.search(reason)
    return f"{kind} {field.group()}" if field else kind
