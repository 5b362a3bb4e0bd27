"""What the shipper would make of a single line, without a domain: an index that has room for every key is assumed."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import orjson

from lambda_shipper.config import Config
from lambda_shipper.documents.building import Documents
from lambda_shipper.documents.chunks import Chunk
from lambda_shipper.domain.indices import Indices
from lambda_shipper.reading.decoding import LogBatch

EVENT_ID = "0"
"""What the id of a prediction begins with that logs none."""
NOWHERE = "http://127.0.0.1:9"


class CheckedDocument(NamedTuple):
    """One document that a line would become, and whether it would be kept raw."""

    document: dict[str, Any]
    is_raw: bool


def check(line: str, config: Config | None = None) -> list[CheckedDocument]:
    """Return the documents of one log event with this message; none if it would be ignored."""
    config = config or Config(opensearch_url=NOWHERE)
    indices, chunks = Indices(), list[Chunk]()

    def take_all(name: str, _log_group: str, wanted: Counter[tuple[str, str]]) -> None:
        indices.get(name).learn(dict(wanted.keys()))

    batch = LogBatch("", "", "", [{"id": EVENT_ID, "timestamp": 0, "message": line}])
    Documents(batch, config, indices).write(last := Chunk(), chunks.append, take_all)
    chunks.append(last)
    actions = [action for chunk in chunks for action in chunk.take(range(len(chunk)))]
    return [CheckedDocument(orjson.loads(action.lines.partition(b"\n")[2]), action.mark.is_raw) for action in actions]
