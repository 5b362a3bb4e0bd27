"""The last resort for a document that the domain refuses in every form: an object in the failure bucket."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lambda_shipper.config import Config
from lambda_shipper.delivery.outcome import Outcome, Rejected
from lambda_shipper.documents.chunks import Action, Mark
from lambda_shipper.documents.origin import without_values
from lambda_shipper.errors import BatchError
from lambda_shipper.reading.decoding import LogEvent

PREFIX = "rejected/"
MAX_NAME_CHARACTERS = 128
MOST_REJECTED = 50
"""How many can be stored within the time that the handler keeps back."""


def store(outcome: Outcome, config: Config, s3: Any = None) -> None:
    """Put the few documents that were refused even in raw form into the failure bucket, each as an object.

    The key is made of the event's day and id, so a batch that is delivered again overwrites and adds nothing. Without
    a bucket, or with more of them than `MOST_REJECTED`, none is put there: then it is the set-up that is wrong, and the
    batch as a whole fails, to be replayed when that is mended. `s3` is boto3's client; raises its `ClientError`.
    """
    if not outcome.rejected or not config.failure_bucket or len(outcome.rejected) > MOST_REJECTED:
        return
    if s3 is None:
        import boto3  # most invocations never need it, and it takes longer to import than all else together

        s3 = boto3.client("s3")
    for rejected in outcome.rejected:
        key, body = make_rejected_object(rejected)
        s3.put_object(Bucket=config.failure_bucket, Key=key, Body=body, ContentType="application/json")
        outcome.stored += 1


def make_rejected_object(rejected: Rejected) -> tuple[str, bytes]:
    """Return a rejected document's key and body: its two lines exactly as they were refused, and why."""
    action, item = rejected
    head, document = action.lines.splitlines()
    target = orjson.loads(head)["index"]
    body = {
        "reason": item.reason,
        "detail": without_values(item.detail),
        "action": target,
        "timestamp": action.event["timestamp"],
        "document": orjson.loads(document),
    }
    name = target["_id"]
    if not (name.isascii() and name.isalnum() and len(name) <= MAX_NAME_CHARACTERS):
        name = hashlib.sha256(name.encode()).hexdigest()
    return f"{PREFIX}{target['_index']}/{name}.json", orjson.dumps(body)


def read_rejected(body: bytes) -> Action:
    """Return the action that `make_rejected_object` stored; raises `BatchError` for anything else."""
    try:
        stored = orjson.loads(body)
        target = {"_index": stored["action"]["_index"], "_id": stored["action"]["_id"]}
        lines = b"%b\n%b\n" % (orjson.dumps({"index": target}), orjson.dumps(stored["document"]))
        event: LogEvent = {"id": target["_id"], "timestamp": int(stored["timestamp"]), "message": ""}
    except (KeyError, TypeError, ValueError) as error:
        raise BatchError(f"not a rejected document: {type(error).__name__}") from None
    log_group = stored["document"].get("@log_group", "")
    return Action(event, log_group, lines, Mark(is_raw=True))
