"""Records that say how far a stream has been read: put behind everything else, and confirmed by the shipper.

Lambda reads a shard in order, but in several lanes, and chooses the lane by the partition key. So each shard gets many
markers, with a key each. When all are confirmed, whatever was put before is shipped, or lies in the failure bucket.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

PREFIX = "drained/"
"""Where the shipper confirms a marker, in the failure bucket."""
MARK = b"predmon-drain:"
"""The beginning of a marker. A subscription batch is gzip, so it never begins like this."""
ENCODED_MARK = base64.b64encode(MARK + b"-").decode()[: len(MARK) // 3 * 4]
PER_SHARD = 32
"""With two lanes, the chance that one of them gets none is below one in two thousand million."""
MOST_PUT = 500
"""Records that one request may put."""


def key_of(data: str) -> str:
    """Return the key that confirms the marker with this record's `data`; empty for every other record."""
    if not data.startswith(ENCODED_MARK):
        return ""
    name = base64.b64decode(data).removeprefix(MARK).decode(errors="replace")
    return PREFIX + name if name.replace("/", "").replace("-", "").isalnum() else ""


def confirm(keys: Iterable[str], bucket: str, s3: Any = None) -> None:
    """Say that everything before these markers is safe. Raises boto3's `ClientError`."""
    for key in keys:
        if s3 is None:
            import boto3  # a marker comes once in a deployment's life

            s3 = boto3.client("s3")
        s3.put_object(Bucket=bucket, Key=key, Body=b"")


def put(kinesis: Any, stream: str) -> set[str]:
    """Put markers into each open shard and return the keys that the shipper will confirm them with."""
    drain = uuid.uuid4().hex
    entries = []
    for shard in _open_shards(kinesis, stream):
        start = shard["HashKeyRange"]["StartingHashKey"]
        for number in range(PER_SHARD):
            name = f"{drain}/{shard['ShardId']}/{number}"
            entries.append({"Data": MARK + name.encode(), "PartitionKey": name, "ExplicitHashKey": start})
    for first in range(0, len(entries), MOST_PUT):
        left = entries[first : first + MOST_PUT]
        while left:
            answers = kinesis.put_records(StreamName=stream, Records=left)["Records"]
            left = [each for each, answer in zip(left, answers, strict=True) if "ErrorCode" in answer]
    return {PREFIX + entry["PartitionKey"] for entry in entries}


def confirmed(s3: Any, bucket: str) -> Iterator[str]:
    """Give the keys of the markers that were confirmed."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for each in page.get("Contents", ()):
            yield each["Key"]


def _open_shards(kinesis: Any, stream: str) -> list[dict[str, Any]]:
    shards: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"StreamName": stream}
    while asked:
        page = kinesis.list_shards(**asked)
        shards += [each for each in page["Shards"] if "EndingSequenceNumber" not in each["SequenceNumberRange"]]
        asked = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
    return shards
