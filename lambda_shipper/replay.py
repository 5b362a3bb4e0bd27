"""Delivers again what lies in the failure bucket: batches that Lambda put there, and rejected documents.

An object is deleted only after everything in it is safe, so replay may be interrupted, or run twice, at any point,
also at once. One that a healthy domain will not take is tried `replay_attempts` times and then set aside, so that it
cannot stand before the others for ever; nothing is ever thrown away.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

import orjson

from lambda_shipper.config import Config
from lambda_shipper.delivery.bulk import index
from lambda_shipper.delivery.outcome import Outcome
from lambda_shipper.delivery.rejection import PREFIX as REJECTED_PREFIX
from lambda_shipper.delivery.rejection import read_rejected, store
from lambda_shipper.delivery.report import counts, metrics_line
from lambda_shipper.domain.answers import DOMAIN_REASONS, Reply
from lambda_shipper.domain.client import Client, open_client
from lambda_shipper.errors import BatchError
from lambda_shipper.handler import LambdaContext, deadline, ship
from lambda_shipper.reading.decoding import decode

BATCH_PREFIX = "aws/lambda/async/"
"""Where Lambda's on-failure destination writes (AWS Lambda developer guide, "Retaining records")."""
SET_ASIDE_PREFIX = "set-aside/"
ATTEMPTS_TAG = "replay-attempts"
OBJECT_SECONDS = 60.0
"""The most that one object may take, so that a hanging one leaves time for the rest."""
OVERLOADED = (*DOMAIN_REASONS, "status_503", "no_time", "no_answer")


class StoredObject(NamedTuple):
    """An object of the failure bucket."""

    key: str
    modified: datetime
    bytes: int


class Fate(Enum):
    """What replay did with an object."""

    DELIVERED = "delivered"
    GONE = "gone"
    """Another run has dealt with it since it was listed."""
    LEFT = "left"
    SET_ASIDE = "set aside"
    UNREACHABLE = "unreachable"
    """No bulk answer came back in all the object's time; it is left. A second one in a row ends the run."""


class Replayed(NamedTuple):
    """One object's fate, with the counts of its events and why it was not delivered."""

    stored: StoredObject
    fate: Fate
    counts: dict[str, int]
    problem: str = ""


@dataclass(slots=True)
class Summary:
    """What a run did: objects by fate, and the events in them by outcome."""

    objects: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, replayed: Replayed) -> None:
        """Count one object."""
        self.objects[replayed.fate.value] += 1
        self.events.update(replayed.counts)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Drain the failure bucket as far as the time goes: the scheduled replay. Gives the objects by fate."""
    import boto3

    config = Config.from_env()
    s3 = boto3.client("s3")
    until, summary = deadline(context), Summary()
    for replayed in replay(
        s3, config, open_client(config), list_stored_objects(s3, config.failure_bucket), until=until
    ):
        summary.add(replayed)
    # Each is a metric, which has its price: nobody needs one of what another run did.
    fates = [fate.value for fate in Fate if fate is not Fate.GONE]
    objects = {f"replay_{fate.replace(' ', '_')}": summary.objects[fate] for fate in fates}
    print(metrics_line(context.function_name, dict.fromkeys(objects, "Count"), objects | dict(summary.events)))
    return objects


def list_stored_objects(
    s3: Any, bucket: str, *, since: datetime | None = None, prefixes: Iterable[str] = (BATCH_PREFIX, REJECTED_PREFIX)
) -> Iterator[StoredObject]:
    """List what waits to be replayed, oldest first within each prefix; `since` leaves out what is older."""
    for prefix in prefixes:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                if since is None or entry["LastModified"] >= since:
                    yield StoredObject(entry["Key"], entry["LastModified"], entry["Size"])


def replay(
    s3: Any, config: Config, client: Client, objects: Iterable[StoredObject], *, until: float
) -> Iterator[Replayed]:
    """Deliver these objects one by one and give each one's fate; ends at `until`, or when the domain is not there."""
    progress = silent = False
    for stored in objects:
        if time.monotonic() >= until:
            return
        try:
            replayed = _replay_one(s3, config, client, stored, progress, min(until, time.monotonic() + OBJECT_SECONDS))
        except s3.exceptions.NoSuchKey:
            replayed = Replayed(stored, Fate.GONE, {}, "another run has dealt with it")
        yield replayed
        if silent and replayed.fate is Fate.UNREACHABLE:
            return
        silent = replayed.fate is Fate.UNREACHABLE
        progress = progress or replayed.fate is Fate.DELIVERED


def _replay_one(
    s3: Any, config: Config, client: Client, stored: StoredObject, progress: bool, until: float
) -> Replayed:
    body = s3.get_object(Bucket=config.failure_bucket, Key=stored.key)["Body"].read()
    try:
        outcome = deliver(stored.key, body, config, client, until=until)
    except BatchError as error:
        return Replayed(stored, _count_attempt(s3, config, stored, str(error)), {}, str(error))
    if REJECTED_PREFIX not in stored.key:
        store(outcome, config, s3)
    totals = counts(outcome)
    if outcome.failed == outcome.stored:
        s3.delete_object(Bucket=config.failure_bucket, Key=stored.key)
        return Replayed(stored, Fate.DELIVERED, totals)
    failure, problem = outcome.failure, str(outcome.failure)
    if failure and failure.reply is Reply.BUSY and not outcome.answers:
        return Replayed(stored, Fate.UNREACHABLE, totals, problem)
    wrote = progress or outcome.indexed or outcome.kept_raw
    if failure and not wrote and (failure.reply is Reply.DENIED or failure.reason in OVERLOADED):
        return Replayed(stored, Fate.LEFT, totals, problem)  # says more about the domain than about the object
    return Replayed(stored, _count_attempt(s3, config, stored, problem), totals, problem)


def deliver(key: str, body: bytes, config: Config, client: Client, *, until: float) -> Outcome:
    """Deliver what one object holds and give the outcome; raises `BatchError` if it holds nothing.

    A batch goes through all the shipper's stages; a rejected document goes out again exactly as it was refused.
    """
    if REJECTED_PREFIX in key:
        return index(client, [read_rejected(body)], config, until=until)
    return ship([decode(read_failure(body), config.max_batch_bytes)], config, client, until=until)


def read_failure(body: bytes) -> dict[str, Any]:
    """Return the invocation's payload out of the record that Lambda writes; raises `BatchError` if there is none."""
    try:
        payload = orjson.loads(body)["requestPayload"]
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise BatchError(f"not a failure record of Lambda: {type(error).__name__}") from None
    if not isinstance(payload, dict):
        raise BatchError("not a failure record of Lambda: its requestPayload is no object")
    return payload


def _count_attempt(s3: Any, config: Config, stored: StoredObject, problem: str) -> Fate:
    """Remember the attempt as a tag of the object; after the last one move it to `set-aside/`, reason in metadata."""
    here = {"Bucket": config.failure_bucket, "Key": stored.key}
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(**here)["TagSet"]}
    attempts = int(tags.get(ATTEMPTS_TAG, "0")) + 1
    if attempts < config.replay_attempts or stored.key.startswith(SET_ASIDE_PREFIX):
        s3.put_object_tagging(**here, Tagging={"TagSet": [{"Key": ATTEMPTS_TAG, "Value": str(attempts)}]})
        return Fate.LEFT
    s3.copy_object(
        Bucket=config.failure_bucket,
        Key=SET_ASIDE_PREFIX + stored.key,
        CopySource=here,
        Metadata={"problem": problem.encode("ascii", "replace").decode()[:500]},
        MetadataDirective="REPLACE",
        TaggingDirective="REPLACE",
    )
    s3.delete_object(**here)
    return Fate.SET_ASIDE
