"""`predmon logs`: print what a function of the stack logged, the totals and its errors first."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from predmon.commands.cloud.log_errors import count_errors
from predmon.commands.delivering.shipping import OUTCOMES, format_counts
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.moments import Moment
from predmon.terminal import Terminal, escape_lines
from predmon.wording import count_of

if TYPE_CHECKING:
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

NAMES = ("Shipper", "Inference", "Drift", "Quality", "Replay", "Days", "Acting", "Subscriber")
FUNCTIONS = {name.lower(): f"{name}FunctionName" for name in NAMES}
"""Name → the stack output with the function's full name."""
out = Terminal()


@click.command()
@click.argument("function", type=click.Choice(list(FUNCTIONS)))
@click.option("--since", type=Moment(), default="1h", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
def logs(function: str, since: datetime) -> None:
    """Print what a function logged: the totals, how often each error occurred, then every line. Times are in UTC.

    On the local cloud it works while OpenSearch does not run.
    """
    events = list(log_events(Target.resolve(needs_search=False), function, int(since.timestamp() * 1000)))
    if not events:
        out.print(f"The function {function} has logged nothing since {since:%Y-%m-%d %H:%M} UTC.")
        return
    messages = [event["message"] for event in events]
    errors = count_errors(messages)
    for line in (f"{function} since {since:%Y-%m-%d %H:%M} UTC:", *_totals(messages, errors.total())):
        out.print(f"[bold]{line}[/]")
    for error, count in errors.most_common():
        out.print(f"[red]{count} x[/] {escape_lines(error)}", soft_wrap=True)
    for event in events:
        moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        out.print(f"[dim]{moment:%m-%d %H:%M:%S}[/] {escape_lines(event['message'].rstrip())}", soft_wrap=True)


def _totals(messages: list[str], errors: int) -> list[str]:
    """Say how much was logged and how many errors are in it, and add up what the shipper or the replay reports."""
    reported: Counter[str] = Counter()
    for report in map(read_report, messages):
        reported.update({name: report[name] for name in OUTCOMES if isinstance(report.get(name), int)})
    lines = [f"{count_of(len(messages), 'line')}, {count_of(errors, 'error')}"]
    return [*lines, format_counts(reported)] if reported else lines


def read_report(message: str) -> dict[str, Any]:
    """Return the counts that a function reports in a line of JSON, or an empty object for any other line."""
    start = message.find("{")
    try:
        found = json.loads(message[start:]) if start >= 0 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "_aws" in found else {}


def log_events(target: Target, name: str, since_ms: int, pattern: str = "") -> Iterator["FilteredLogEventTypeDef"]:
    """Yield the log events of the function `name` since `since_ms` (epoch milliseconds), as CloudWatch returns them.

    `pattern` is a filter pattern. A function that never ran has no log group yet, and so no events. Raises UserError
    if the stack has no such function.
    """
    if FUNCTIONS[name] not in target.outputs:
        raise UserError(f"This stack was deployed without the function {name}.")
    function = target.client("lambda").get_function_configuration(FunctionName=target.outputs[FUNCTIONS[name]])
    group = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"
    client = target.client("logs")
    pages = client.get_paginator("filter_log_events")
    try:
        for page in pages.paginate(logGroupName=group, startTime=since_ms, filterPattern=pattern):
            yield from page["events"]
    except client.exceptions.ResourceNotFoundException:
        return
