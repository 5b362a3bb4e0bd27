"""Ships what arrives, directly or over a Kinesis stream: the same stages, many subscription batches in one invocation.

Both ways have this one entry, since a deployment that adds or removes the stream meets both at once. A record's data is
what a direct invocation has at `awslogs.data`. The batches of an invocation share their bulk requests, which is what
makes many small log streams cheap to index.

Lambda delivers again from the first record that is reported, or everything when the invocation raises; either is
safe, since every `_id` is fixed. After the last attempt it writes the records to the failure bucket in a form of its
own (Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source"), which
`replay_handler` first turns into the form that replay reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import orjson

from lambda_shipper import replay
from lambda_shipper.config import Config
from lambda_shipper.delivery.rejection import store
from lambda_shipper.delivery.report import report
from lambda_shipper.domain.client import open_client
from lambda_shipper.draining.markers import confirm, key_of
from lambda_shipper.errors import BatchError
from lambda_shipper.handler import LambdaContext, deadline, ship
from lambda_shipper.handler import handler as handle_direct
from lambda_shipper.reading.decoding import LogBatch, decode

FAILURE_PREFIX = "aws/lambda/"
"""Where Lambda writes discarded records: `aws/lambda/<mapping id>/<shard>/<date>/…`."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Ship the records and name the first that is no log batch; raises `ShippingError` if anything is not safe.

    Raises `BatchError` when the first record cannot be read: nothing was done then. Markers among the records are
    confirmed when all is safe.
    """
    if "Records" not in event:
        return dict(handle_direct(event, context))
    config = Config.from_env()
    batches, markers, broken = decode_records(event["Records"], config.max_batch_bytes)
    outcome = ship(batches, config, open_client(config), until=deadline(context))
    store(outcome, config)
    report(outcome, context.function_name)
    if not broken:
        confirm(markers, config.failure_bucket)
    return {"batchItemFailures": [{"itemIdentifier": broken}] if broken else []}


def decode_records(records: Iterable[dict[str, Any]], max_bytes: int) -> tuple[list[LogBatch], list[str], str | None]:
    """Unpack records up to the first that is no log batch.

    Returns the batches, the keys of the markers among them, and that record's sequence number, if there is one.
    """
    batches: list[LogBatch] = []
    markers: list[str] = []
    for record in records:
        try:
            batches.append(decode(_invocation(record), max_bytes))
        except BatchError:
            if key := _marker(record):
                markers.append(key)
                continue
            if not batches and not markers:
                raise
            return batches, markers, str(record["kinesis"]["sequenceNumber"])
    return batches, markers, None


def replay_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Unpack what Lambda discarded from the stream, then replay as usual."""
    import boto3

    unpack_failures(boto3.client("s3"), Config.from_env().failure_bucket, until=deadline(context))
    return replay.handler(event, context)


def unpack_failures(s3: Any, bucket: str, *, until: float) -> int:
    """Write each discarded record as a failure record of its own, below replay's prefix; gives their number.

    An object goes only after all its records lie there, under keys made of their ids: interrupted, it starts over.
    One that holds no records stays, for a person to look at, and is said.
    """
    unpacked = 0
    for stored in replay.list_stored_objects(s3, bucket, prefixes=(FAILURE_PREFIX,)):
        if time.monotonic() >= until:
            break
        if stored.key.startswith(replay.BATCH_PREFIX):
            continue
        try:
            records = read_discarded(s3.get_object(Bucket=bucket, Key=stored.key)["Body"].read())
        except s3.exceptions.NoSuchKey:  # another run has unpacked it since it was listed
            continue
        if records is None:
            print(orjson.dumps({"not_a_failure_record": stored.key}).decode())
            continue
        for record in records:
            key = f"{replay.BATCH_PREFIX}kinesis/{record['eventID'].replace(':', '/')}.json"
            s3.put_object(Bucket=bucket, Key=key, Body=orjson.dumps({"requestPayload": _invocation(record)}))
        s3.delete_object(Bucket=bucket, Key=stored.key)
        unpacked += len(records)
    return unpacked


def read_discarded(body: bytes) -> list[dict[str, Any]] | None:
    """Return the Kinesis records in what Lambda wrote, or None if there are none in it.

    The guide shows `payload` as text; the event as an object is read as well.
    """
    try:
        payload = orjson.loads(body)["payload"]
        records = (orjson.loads(payload) if isinstance(payload, str) else payload)["Records"]
        usable = all(isinstance(record["kinesis"]["data"], str) and record["eventID"] for record in records)
    except (KeyError, TypeError, orjson.JSONDecodeError):
        return None
    return records if usable else None


def _marker(record: dict[str, Any]) -> str:
    data = record.get("kinesis", {}).get("data")
    return key_of(data) if isinstance(data, str) else ""


def _invocation(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as the payload of a direct invocation."""
    try:
        return {"awslogs": {"data": record["kinesis"]["data"]}}
    except (KeyError, TypeError) as error:
        raise BatchError(f"not a Kinesis record: {type(error).__name__}") from None
