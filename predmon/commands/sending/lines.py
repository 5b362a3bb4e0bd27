"""`predmon send --lines`: put log lines of any logger into a log group of the local cloud, as they are."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from predmon.commands.deployment.target import Target
from predmon.commands.sending.arrival import WAIT_SECONDS, shipper_reports
from predmon.commands.sending.past_lines import Line, put_lines
from predmon.errors import UserError
from predmon.progress import console
from predmon.terminal import Terminal
from predmon.wording import count_of

KEYS = ("timestamp", "@timestamp", "time", "ts", "datetime", "asctime", "date")
"""Where loggers write the time of a line, in JSON."""
AT_THE_BEGINNING = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?Z| ?[+-]\d\d:?\d\d)?")
BEGINNING = 60
"""So far from the start of a line that is no JSON a time is looked for, behind a level and a name."""
UNITS = ((1e17, 1e-6), (1e14, 1e-3), (1e11, 1.0), (1e8, 1e3))
"""A number of at least so much is nano-, micro-, milliseconds or seconds since 1970; the factor makes milliseconds."""
COUNTED = ("indexed", "ignored", "kept_raw", "actuals", "failed")


def spread(lines: list[str], over: timedelta | None, end: datetime) -> list[Line]:
    """Return the lines with their times: evenly over the time before `end`, or those in the lines.

    A line without a time of its own has that of the line before it; the first ones without one have `end`.
    """
    end_ms = int(end.timestamp() * 1000)
    if over:
        step_ms = over.total_seconds() * 1000 / len(lines)
        first_ms = end_ms - over.total_seconds() * 1000
        return [Line(int(first_ms + (number + 0.5) * step_ms), line) for number, line in enumerate(lines)]
    placed = []
    moment_ms = end_ms
    for line in lines:
        moment_ms = find_moment(line) or moment_ms
        placed.append(Line(moment_ms, line))
    return placed


def find_moment(line: str) -> int | None:
    """Return the time in a line, in milliseconds since 1970: under a usual key of its JSON, or at its beginning."""
    try:
        logged = json.loads(line)
    except ValueError:
        logged = None
    if isinstance(logged, dict):
        lowered = {str(key).lower(): value for key, value in logged.items()}
        return next((moment for key in KEYS if (moment := _read_moment(lowered.get(key)))), None)
    found = AT_THE_BEGINNING.search(line[:BEGINNING])
    return _read_moment(found[0]) if found else None


def _read_moment(value: Any) -> int | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return next((int(value * factor) for least, factor in UNITS if least <= value < least * 1e3), None)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().replace(",", ".").replace(" Z", "Z").replace(" +", "+"))
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def send_lines(target: Target, lines: list[Line], log_group: str | None, out: Terminal) -> None:
    """Put the lines into the log group, wait until the shipper has reported them, and print what became of them.

    Raises UserError if the log group is not attached, or if the shipper does not report all lines in time.
    """
    attached = target.outputs["LogGroupNames"].split(",")
    group = log_group or attached[0]
    if group not in attached:
        raise UserError(f"{group} is not attached. Attach it: predmon up -c log_groups+={group}")
    began_ms = int(time.time() * 1000)
    put_lines(target, group, lines)
    expected = sum("prediction" in line.message for line in lines)
    counts = _wait(target, began_ms, expected)
    out.print(f"sent {count_of(len(lines), 'line')} to {group}", soft_wrap=True)
    if unsaid := len(lines) - expected:
        out.print(f"{count_of(unsaid, 'line')} without the word `prediction`, which the filter does not deliver")
    out.print(", ".join(f"{name.replace('_', ' ')} {counts[name]}" for name in COUNTED))
    if counts["ignored"] or counts["kept_raw"]:
        out.print("To see why a line is ignored or kept raw: predmon check-line FILE")
    if counts["events"] < expected:
        missing = count_of(expected - counts["events"], "line")
        raise UserError(f"Not reported by the shipper within {WAIT_SECONDS} s: {missing}. See: predmon status")


def _wait(target: Target, began_ms: int, expected: int) -> Counter[str]:
    deadline = time.monotonic() + WAIT_SECONDS
    with console.status("Waiting for the shipper"):
        while True:
            counts = Counter[str]()
            for report in _numbers(target, began_ms):
                counts.update(report)
            if counts["events"] >= expected or time.monotonic() > deadline:
                return counts
            time.sleep(0.5)


def _numbers(target: Target, began_ms: int) -> Iterator[dict[str, int]]:
    for report in shipper_reports(target, began_ms):
        yield {name: report.get(name, 0) for name in ("events", *COUNTED)}
