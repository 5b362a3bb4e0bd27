"""`predmon status`: what runs, what became of the log lines, and what has not arrived yet."""

import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import click
from requests import RequestException

from contracts.indices import ACTUALS
from dashboards.importer.connection import ServerError
from dashboards.importer.foreign import find_foreign
from lambda_shipper.replay import SET_ASIDE_PREFIX, StoredObject, list_stored_objects
from monitors.days.capacity import Capacity, read_capacity
from predmon.commands.cloud.groups import (
    GroupCounts,
    count_waiting_events,
    find_ignored_example,
    group_counts,
    read_in_two_ways,
    table,
)
from predmon.commands.cloud.retries import Retries, retries_under_way
from predmon.commands.delivering.shipping import AWS_ERRORS
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.moments import Moment
from predmon.terminal import Terminal, escape, print_json
from predmon.wording import count_of
from stacks.constructs.index_templates import index_templates

out = Terminal()


@dataclass
class Status:
    """What `predmon status` says. `groups` and `unreadable` are empty where there is nothing to say."""

    services: dict[str, str | None]
    """Each part of the local cloud, and its address while it runs."""
    dashboard_url: str
    predictions: int
    kept_raw: int
    waiting: int = 0
    """Objects in the failure bucket that the replay will deliver."""
    set_aside: int = 0
    trying_again: Retries = field(default_factory=Retries)
    groups: list[GroupCounts] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    """Attached log groups that have sent no prediction since the time that was asked for."""
    actuals: dict[str, int] = field(default_factory=dict)
    """How many actuals are in each state."""
    capacity: Capacity | None = None
    """Shards, heap and disk of the domain."""
    foreign: list[str] = field(default_factory=list)
    """What somebody else made in the domain that changes what is stored or counted, each as sentences."""
    unreadable: list[str] = field(default_factory=list)
    """What may not be read, each as a sentence."""


MOST_LINES = 20
"""Log groups that are listed, those first of which the most was not indexed."""


@click.command()
@click.option("--since", type=Moment(), default="24h", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--ignored", is_flag=True, help="Show a line of each log group that was ignored, read from CloudWatch.")
@click.option("--all", "show_all", is_flag=True, help=f"Show every log group, not only the {MOST_LINES} worst.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole of it as JSON.")
def status(since: datetime, ignored: bool, show_all: bool, as_json: bool) -> None:
    """Show what runs, what became of each log group's lines, and what waits or is tried again."""
    services = _services()
    if not as_json:
        for name, url in services.items():
            out.print(f"{name:24}{url or '[yellow]not running[/]'}")
    target, since_ms = Target.resolve(), int(since.timestamp() * 1000)
    found = _read(target, services, since_ms)
    if as_json:
        print_json(_as_json(found))
        return
    if address := target.in_place_of_aws:
        out.print(f"\nNot on AWS: AWS_ENDPOINT_URL names {escape(address)}", soft_wrap=True)
    _print(found, len(found.groups) if show_all else MOST_LINES)
    for log_group, counts, _ in found.groups if ignored else []:
        if counts["ignored"] and (example := find_ignored_example(target, log_group, since_ms)):
            out.print(f"\nIgnored in {escape(log_group)}, for example:\n  {escape(example)}", soft_wrap=True)


def _services() -> dict[str, str | None]:
    local_cloud = LocalCloud.current()
    parts = (local_cloud.engine, local_cloud.emulator, local_cloud.dashboards)
    return {service.name: service.url for service in parts}


def _read(target: Target, services: dict[str, str | None], since_ms: int) -> Status:
    predictions, kept_raw = (target.count(index) for index in ("cwl-*", "raw-*"))
    found = Status(services, target.outputs["DashboardUrl"], predictions, kept_raw)
    # Somebody may have the right to read the predictions, but not the bucket or the functions' logs.
    stored: list[StoredObject] = []
    try:
        stored = list(list_stored_objects(target.client("s3"), target.outputs["FailureBucketName"], prefixes=("",)))
    except AWS_ERRORS as error:
        found.unreadable.append(f"The failure bucket cannot be read: {error}")
    found.set_aside = sum(each.key.startswith(SET_ASIDE_PREFIX) for each in stored)
    found.waiting = len(stored) - found.set_aside
    try:
        found.trying_again = retries_under_way(target, int(time.time() * 1000))
        found.groups = group_counts(target, since_ms, count_waiting_events(target, stored) if stored else {})
    except (UserError, *AWS_ERRORS) as error:
        found.unreadable.append(f"What the shipper reports cannot be read: {error}")
    reporting = {each.log_group for each in found.groups}
    attached = target.outputs.get("LogGroupNames", "").split(",")
    found.silent = [name for name in attached if name and name not in reporting]
    try:
        found.actuals = target.count_by(ACTUALS.pattern, "state")
    except RequestException as error:
        found.unreadable.append(f"The actuals cannot be read: {error}")
    found.capacity = _capacity(target, found.unreadable)
    try:
        found.foreign = [each.sentence for each in find_foreign(target.domain(), index_templates(1))]
    except ServerError as error:
        found.unreadable.append(f"Whether the domain stores predictions right cannot be read: {error}")
    return found


def _capacity(target: Target, unreadable: list[str]) -> Capacity | None:
    from opensearchpy.exceptions import OpenSearchException

    try:
        return read_capacity(target.search())
    except OpenSearchException as error:
        unreadable.append(f"What the domain has room for cannot be read: {error}")
        return None


def _print(found: Status, most_lines: int) -> None:
    out.print(f"\n{count_of(found.predictions, 'prediction')} indexed, {count_of(found.kept_raw, 'line')} kept raw")
    out.print(found.dashboard_url, soft_wrap=True)
    if found.trying_again.batches:
        number = count_of(found.trying_again.predictions, "prediction")
        out.print(f"[yellow]Not delivered yet, and tried again soon: {number}[/] (predmon logs shipper)")
    if found.waiting:
        out.print(f"[yellow]Waiting in the failure bucket: {count_of(found.waiting, 'object')}[/] (predmon replay)")
    if found.set_aside:
        out.print(f"[yellow]Set aside there: {count_of(found.set_aside, 'object')}[/] (predmon replay --set-aside)")
    if found.capacity:
        out.print(f"The domain has {found.capacity}")
    for sentence in (*found.foreign, *found.unreadable):
        out.print(f"[yellow]{escape(sentence)}[/]", soft_wrap=True)
    if found.groups:
        out.print("\nWhat the lines of each log group became (times are in UTC):")
        for line in table(found.groups[:most_lines]):
            out.print(escape(line), soft_wrap=True)
        if len(found.groups) > most_lines:
            rest = count_of(len(found.groups) - most_lines, "log group")
            out.print(f"Not shown: {rest} with less to mend. To see all: predmon status --all", soft_wrap=True)
    for sentence in filter(None, map(read_in_two_ways, found.groups[:most_lines])):
        out.print(f"[yellow]{escape(sentence)}[/]", soft_wrap=True)
    for name in found.silent[:most_lines]:
        out.print(f"[yellow]Attached, but no prediction yet:[/] {escape(name)}", soft_wrap=True)
    if len(found.silent) > most_lines:
        out.print(f"and {count_of(len(found.silent) - most_lines, 'log group')} more. To see all: predmon status --all")
    if found.actuals:
        states = ", ".join(f"{state} {count:,}" for state, count in found.actuals.items())
        out.print(f"\nActuals: {states}")
    out.print(f"\nNext: {_next(found)}", soft_wrap=True)


def _next(found: Status) -> str:
    """Return the command that helps most now, with what it does."""
    if found.waiting:
        return "predmon replay   delivers what waits in the failure bucket"
    if not found.predictions:
        return "predmon check-line FILE   says what becomes of your function's lines"
    if not found.actuals:
        return "predmon actuals FILE   says what was right, so that accuracy is known"
    if "waiting" in found.actuals:
        return "predmon quality report --run   joins the actuals that wait"
    return "predmon drift report, predmon quality report   what changed, how right"


def _as_json(found: Status) -> dict[str, Any]:
    groups = [
        {
            "log_group": log_group,
            **counts,
            "newest": datetime.fromtimestamp(newest / 1000, UTC).isoformat() if newest else None,
        }
        for log_group, counts, newest in found.groups
    ]
    return {**asdict(found), "groups": groups}
