"""`predmon logs`: print what a function of the stack logged, with a count of its errors first."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from predmon.commands.moments import Moment
from predmon.commands.target import Target
from predmon.errors import UserError

if TYPE_CHECKING:
    from types_boto3_logs.type_defs import FilteredLogEventTypeDef

FUNCTIONS = {name.lower(): f"{name}FunctionName" for name in ("Shipper", "Inference", "Drift", "Quality", "Replay")}
"""Name → the stack output with the function's full name."""
ERROR = re.compile(r"^(?:\[ERROR\]\s+)?(?:\w+\.)*\w*(?:Error|Exception): .*|.*\bTask timed out after .*", re.MULTILINE)
"""The line that names the error. Lambda logs an error as one event, the emulator as one event for each line."""
out = Console(highlight=False)


@click.command()
@click.argument("name", type=click.Choice(list(FUNCTIONS)))
@click.option("--since", type=Moment(), default="1h", show_default=True, help="7d, 12h, 30m, or an ISO 8601 time.")
def logs(name: str, since: datetime) -> None:
    """Print what a function logged: first how often each error occurred, then every line. Times are in UTC."""
    events = list(log_events(Target.resolve(), name, int(since.timestamp() * 1000)))
    for error, count in Counter(error for event in events for error in find_errors(event)).most_common():
        out.print(f"[red]{count} x[/] {escape(error)}", soft_wrap=True)
    for event in events:
        moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        out.print(f"[dim]{moment:%m-%d %H:%M:%S}[/] {escape(event['message'].rstrip())}", soft_wrap=True)
    if not events:
        out.print(f"The function {name} has logged nothing since {since:%Y-%m-%d %H:%M} UTC.")


def log_events(target: Target, name: str, since_ms: int, pattern: str = "") -> Iterator["FilteredLogEventTypeDef"]:
    """Yield the log events of the function `name` since `since_ms` (epoch milliseconds), as CloudWatch returns them.

    `pattern` is a filter pattern. Raises UserError if the stack has no such function.
    """
    if FUNCTIONS[name] not in target.outputs:
        raise UserError(f"This stack was deployed without the function {name}.")
    function = target.client("lambda").get_function_configuration(FunctionName=target.outputs[FUNCTIONS[name]])
    group = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"
    pages = target.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=since_ms, filterPattern=pattern):
        yield from page["events"]


def find_errors(event: "FilteredLogEventTypeDef") -> list[str]:
    """Return the errors that a log event names, without the prefix `[ERROR]`."""
    return [line.removeprefix("[ERROR]").strip() for line in ERROR.findall(event["message"])]
