"""What log lines become before anything is sent: the documents, as values."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from lambda_shipper.config import Config
from lambda_shipper.documents.building import Documents
from lambda_shipper.documents.chunks import Chunk
from lambda_shipper.domain.indices import Indices
from lambda_shipper.reading.decoding import decode
from tests.shipping import NOON, log_events, payload


class Written(NamedTuple):
    """A document as it would be sent."""

    target: dict[str, Any]
    """The action: `_index` and `_id`."""
    document: dict[str, Any]
    is_raw: bool
    traits: tuple[str, ...]
    bytes: int


def written(
    lines: Iterable[str], *, at: int = NOON, step_ms: int = 1, indices: Indices | None = None, **settings: Any
) -> list[Written]:
    """What these lines become, in an index that takes every new field."""
    return written_of(log_events(lines, at=at, step_ms=step_ms), indices=indices, **settings)[0]


def written_of(
    events: list[dict[str, Any]], *, indices: Indices | None = None, message_type: str = "DATA_MESSAGE", **settings: Any
) -> tuple[list[Written], int]:
    """The same of log events, and how many of them were ignored."""
    config = Config(opensearch_url="http://127.0.0.1:9", **settings)
    known = indices or Indices()
    chunks: list[Chunk] = []

    def take_all(name: str, log_group: str, wanted: Counter[tuple[str, str]]) -> None:
        known.get(name).learn(dict(wanted.keys()))

    documents = Documents(decode(payload(events, messageType=message_type), config.max_batch_bytes), config, known)
    documents.write(last := Chunk(), chunks.append, take_all)
    chunks.append(last)
    made = []
    for action in (action for chunk in chunks for action in chunk.take(range(len(chunk)))):
        head, document = action.lines.splitlines()
        target = json.loads(head)["index"]
        mark = action.mark
        made.append(Written(target, json.loads(document), mark.is_raw, mark.traits, len(action.lines)))
    return made, documents.ignored
