"""The last resort for a document that the domain refuses in every form: an object in the failure bucket."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lambda_shipper.answers import Item
from lambda_shipper.decoding import LogEvent
from lambda_shipper.documents import Action, without_values

PREFIX = "rejected/"
MAX_NAME_CHARACTERS = 128


def store_rejected(s3: Any, bucket: str, rejected: list[tuple[Action, Item]]) -> None:
    """Write one object for each: its two lines exactly as they were refused, and why. `s3` is boto3's client.

    The key is made of the event's day and id, so a batch that is delivered again overwrites and adds nothing.
    """
    for action, item in rejected:
        key, body = rejected_object(action, item)
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def rejected_object(action: Action, item: Item) -> tuple[str, bytes]:
    """Give the key and the body that a rejected document is stored under."""
    event, lines, _ = action
    head, document = lines.splitlines()
    target = orjson.loads(head)["index"]
    body = {
        "reason": item.reason,
        "detail": without_values(item.detail),
        "action": target,
        "timestamp": event["timestamp"],
        "document": orjson.loads(document),
    }
    name = target["_id"]
    if not (name.isascii() and name.isalnum() and len(name) <= MAX_NAME_CHARACTERS):
        name = hashlib.sha256(name.encode()).hexdigest()
    return f"{PREFIX}{target['_index']}/{name}.json", orjson.dumps(body)


def read_rejected(body: bytes) -> Action:
    """Give back the action that `rejected_object` stored; raises `KeyError`, `TypeError` or `ValueError`."""
    stored = orjson.loads(body)
    target, document = stored["action"], stored["document"]
    lines = b"%b\n%b\n" % (
        orjson.dumps({"index": {"_index": target["_index"], "_id": target["_id"]}}),
        orjson.dumps(document),
    )
    event: LogEvent = {"id": target["_id"], "timestamp": int(stored["timestamp"]), "message": ""}
    return event, lines, True
