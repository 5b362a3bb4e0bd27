"""What each log group's lines became, from what the shipper reports of each invocation."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lambda_shipper.documents.chunks import AS_CLASSES, AS_LABELS, AS_SCORES, AS_VALUES, READINGS
from lambda_shipper.errors import BatchError
from lambda_shipper.reading.decoding import decode
from lambda_shipper.reading.finding import find_predictions
from lambda_shipper.replay import BATCH_PREFIX, StoredObject, read_failure
from predmon.commands.cloud.logs import log_events
from predmon.commands.delivering.shipping import AWS_ERRORS, read_deployed_config
from predmon.commands.deployment.target import Target

COLUMNS = ("indexed", "ignored", "kept_raw", "left_out", "failed_predictions", "waiting")
HEADINGS = ("indexed", "ignored", "raw", "left out", "failed", "waiting")
MOST_READ = 100
"""How many objects of the failure bucket are read to see whose they are."""
MOST_SAMPLED = 200
"""How many lines of a log group are searched for one that was ignored."""
EXAMPLE_CHARACTERS = 400
READ_AS = {AS_CLASSES: "as scores of classes", AS_VALUES: "as values", AS_LABELS: "as labels"}


class GroupCounts(NamedTuple):
    """What became of a log group's lines, and when its newest prediction was made (ms since 1970)."""

    log_group: str
    counts: Mapping[str, int]
    newest: int


def group_counts(target: Target, since_ms: int, waiting: Mapping[str, int]) -> list[GroupCounts]:
    """Return the counts of each log group: first those with the most that is not indexed, then the busiest."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    newest: Counter[str] = Counter()
    for groups in _read_reported(target, since_ms):
        for log_group, reported in groups.items():
            counts[log_group].update({name: reported.get(name, 0) for name in COLUMNS})
            counts[log_group].update({name: reported[name] for name in READINGS if name in reported})
            newest[log_group] = max(newest[log_group], reported.get("newest", 0))
    for log_group, number in waiting.items():
        counts[log_group]["waiting"] = number
    found = [GroupCounts(log_group, each, newest[log_group]) for log_group, each in counts.items()]
    return sorted(found, key=_worst_first)


def _worst_first(group: GroupCounts) -> tuple[Any, ...]:
    counts = group.counts
    return -counts["waiting"], -counts["kept_raw"], -counts["failed_predictions"], -counts["indexed"], group.log_group


def _read_reported(target: Target, since_ms: int) -> Iterator[dict[str, dict[str, int]]]:
    for event in log_events(target, "shipper", since_ms, "groups"):
        start = event["message"].find("{")
        try:
            yield json.loads(event["message"][start:])["groups"]
        except (json.JSONDecodeError, KeyError):
            continue


def count_waiting_events(target: Target, stored: Iterable[StoredObject]) -> Counter[str]:
    """Return how many log events of each log group wait in the failure bucket, of its first `MOST_READ` batches."""
    s3, bucket = target.client("s3"), target.outputs["FailureBucketName"]
    config = read_deployed_config(target)
    waiting: Counter[str] = Counter()
    for each in [each for each in stored if each.key.startswith(BATCH_PREFIX)][:MOST_READ]:
        try:
            body = s3.get_object(Bucket=bucket, Key=each.key)["Body"].read()
            batch = decode(read_failure(body), config.max_batch_bytes)
        except (BatchError, *AWS_ERRORS):
            continue
        waiting[batch.log_group] += len(batch.events)
    return waiting


def table(groups: list[GroupCounts]) -> list[str]:
    """Return the table's lines, at most 80 characters wide; of a long name the end is shown."""
    lines = [f"{'log group':<18}" + "".join(f"{heading:>9}" for heading in HEADINGS) + " newest"]
    for log_group, counts, newest in groups:
        name = log_group if len(log_group) <= 18 else "…" + log_group[-17:]
        moment = f"{datetime.fromtimestamp(newest / 1000, UTC):%H:%M}" if newest else "-"
        lines.append(f"{name:<18}" + "".join(f"{counts[column]:>9}" for column in COLUMNS) + f" {moment:>6}")
    return lines


def read_in_two_ways(group: GroupCounts) -> str | None:
    """Return a sentence where a log group's lists, or its maps of scores, were not all read alike; else None."""
    counts = group.counts
    lists = [f"{counts[name]:,} {words}" for name, words in READ_AS.items() if counts.get(name)]
    if len(lists) > 1:
        return f"{group.log_group}: lists were read in two ways, {', '.join(lists)}. To say what they are: list_means"
    if 0 < (scores := counts.get(AS_SCORES, 0)) < counts["indexed"]:
        words = f"{scores:,} of {counts['indexed']:,} predictions are independent scores without a label"
        return f"{group.log_group}: {words}. If the model chooses labels, log them as labels"
    return None


def find_ignored_example(target: Target, log_group: str, since_ms: int) -> str | None:
    """Return a line of the log group that the filter delivers and the shipper ignores; None if none is found.

    It is read from CloudWatch when asked for, among the first lines only, and stored nowhere. Where text must not be
    stored, it is not shown either.
    """
    config = read_deployed_config(target)
    if config.store_text != "full":
        return f"(not shown: store_text is {config.store_text})"
    answer: Any = target.client("logs").filter_log_events(
        logGroupName=log_group, startTime=since_ms, filterPattern="prediction", limit=MOST_SAMPLED
    )
    for event in answer["events"]:
        if find_predictions(event["message"]) == ([], None):
            return str(event["message"]).strip()[:EXAMPLE_CHARACTERS]
    return None
