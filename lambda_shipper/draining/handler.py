"""Holds the removal of the stream until the shipper has read it to its end.

CloudFormation deletes what a template no longer has after everything else was updated: the filters already name the
function then. This resource goes first, and its deletion ends when each marker behind the last record is confirmed.
"""

from __future__ import annotations

import json
import time
from typing import Any

import boto3

from lambda_shipper.answering import answering
from lambda_shipper.draining import markers
from lambda_shipper.draining.config import Config

RESERVE_SECONDS = 20.0
PAUSE_SECONDS = 2.0


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: at once, or at a deletion when nothing unread is left."""
    with answering(event) as step:
        if event["RequestType"] != "Delete" or _stack_goes(event["StackId"]):
            return
        config = Config.from_env()
        left = drain(config, until=time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)
        print(json.dumps({"unread_shards_and_lanes": left}), flush=True)
        if left:
            step.problem = (
                f"The stream {config.stream_name} still holds records that the shipper has not shipped. When the "
                "domain is well again, run: predmon backfill --since 24h"
            )


def drain(config: Config, *, until: float) -> int:
    """Wait until everything in the stream is shipped. Return how many markers are not confirmed at the end."""
    s3 = boto3.client("s3")
    time.sleep(min(config.grace_seconds, max(0.0, until - time.monotonic())))
    missing = markers.put(boto3.client("kinesis"), config.stream_name)
    while missing and time.monotonic() < until:
        for key in markers.confirmed(s3, config.failure_bucket):
            s3.delete_object(Bucket=config.failure_bucket, Key=key)
            missing.discard(key)
        if missing:
            time.sleep(PAUSE_SECONDS)
    return len(missing)


def _stack_goes(stack_id: str) -> bool:
    """Tell whether the whole stack is being deleted, and with it what the records are for."""
    [stack] = boto3.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    return bool(stack["StackStatus"].startswith("DELETE"))
