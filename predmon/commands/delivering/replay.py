"""`predmon replay`: deliver the batches in the failure bucket, as the scheduled replay does, and show the progress."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.table import Table

from lambda_shipper.config import Config
from lambda_shipper.delivery.rejection import PREFIX as REJECTED_PREFIX
from lambda_shipper.errors import BatchError
from lambda_shipper.kinesis import unpack_failures
from lambda_shipper.reading.decoding import decode
from lambda_shipper.reading.finding import find_predictions
from lambda_shipper.replay import (
    BATCH_PREFIX,
    SET_ASIDE_PREFIX,
    Fate,
    Replayed,
    StoredObject,
    Summary,
    list_stored_objects,
    read_failure,
)
from lambda_shipper.replay import replay as replay_objects
from predmon.commands.delivering.shipping import AWS_ERRORS, format_counts, open_client, read_deployed_config
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.moments import Moment
from predmon.progress import track
from predmon.terminal import Terminal, escape, escape_lines

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

REPLAY_SECONDS = 12 * 3600.0
out = Terminal()


@click.command()
@click.option("--since", type=Moment(), help="Leave out older objects: 7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--dry-run", is_flag=True, help="Only list what would be delivered.")
@click.option("--set-aside", is_flag=True, help="Also try the objects that were set aside after too many attempts.")
def replay(since: datetime | None, dry_run: bool, set_aside: bool) -> None:
    """Deliver the batches in the failure bucket.

    An object is deleted only after everything in it is stored. So you can interrupt the replay and run it again at
    any time.
    """
    target = Target.resolve()
    config = read_deployed_config(target)
    s3 = target.client("s3")
    until = time.monotonic() + REPLAY_SECONDS
    prefixes = [BATCH_PREFIX, REJECTED_PREFIX, *([SET_ASIDE_PREFIX] if set_aside else [])]
    try:
        if not dry_run:
            unpack_failures(s3, config.failure_bucket, until=until)
        stored = list(list_stored_objects(s3, config.failure_bucket, since=since, prefixes=prefixes))
        if dry_run:
            _list(s3, config, stored)
        else:
            _deliver(replay_objects(s3, config, open_client(target, config), stored, until=until), stored)
    except AWS_ERRORS as error:
        raise UserError(f"The failure bucket {config.failure_bucket} cannot be read or changed: {error}") from error


def _deliver(replayed: Iterator[Replayed], stored: list[StoredObject]) -> None:
    summary, problems = Summary(), []
    for each in track(replayed, "Replaying", total=len(stored)):
        summary.add(each)
        if each.fate is not Fate.DELIVERED:
            problems.append(f"{each.fate.value}: {each.stored.key} ({each.problem})")
    for problem in problems:
        out.print(f"[yellow]{escape(problem)}[/]", soft_wrap=True)
    delivered, gone, set_aside = (summary.objects[fate] for fate in ("delivered", "gone", "set aside"))
    left = len(stored) - delivered - gone - set_aside
    out.print(f"objects: delivered {delivered}, left {left}, set aside {set_aside}")
    out.print(f"events: {format_counts(summary.events)}")
    if left:
        raise UserError("Not everything could be delivered; the reasons are above. The rest stays in the bucket.")


def _list(s3: "S3Client", config: Config, stored: list[StoredObject]) -> None:
    table = Table("object", "written", "bytes", "events", "predictions")
    for each in track(stored, "Reading", total=len(stored)):
        events, predictions = _count(s3, config, each.key)
        table.add_row(escape(each.key), f"{each.modified:%Y-%m-%d %H:%M}", str(each.bytes), events, predictions)
    if stored:
        out.print(table)
    out.print(f"{len(stored)} objects would be delivered")


def _count(s3: "S3Client", config: Config, key: str) -> tuple[str, str]:
    if REJECTED_PREFIX in key:
        return "1", "1"
    try:
        body = s3.get_object(Bucket=config.failure_bucket, Key=key)["Body"].read()
        batch = decode(read_failure(body), config.max_batch_bytes)
    except BatchError as error:
        return "-", escape_lines(str(error))
    contents = [find_predictions(event["message"]) for event in batch.events]
    return str(len(batch.events)), str(sum(len(each.predictions) + bool(each.unreadable) for each in contents))
