"""Find the errors in what a Lambda function logged: its own, and those of the platform that ended it."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

TIME_AND_ID = r"(?:\d{4}-\d\d-\d\dT\S+\s+)?(?:[0-9a-f]{8}-[0-9a-f-]{27}\s+)?"
"""What Lambda's text format writes before a message."""
LINES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # The platform ended the process, or the time was over.
        r"^RequestId: \S+ Error: (?P<error>.+)",
        r"^RequestId: \S+ (?P<error>Process exited.*)",
        rf"^{TIME_AND_ID}(?P<error>Task timed out after .*)",
        r"^(?P<error>[^{]*\bsignal: (?:killed|terminated|aborted|bus error|segmentation fault)\b.*)",
        r"^(?P<error>(?:Runtime|Extension|Function|Sandbox)\.[A-Z]\w*\b.*)",
        # What Python and Node write for an error that nobody caught, and for a line of the level error.
        rf"^\[(?:ERROR|CRITICAL|FATAL)\]\s+{TIME_AND_ID}(?P<error>\S.*)",
        rf"^{TIME_AND_ID}(?:ERROR|CRITICAL|FATAL)\s+(?P<error>\S.*)",
        # The last line of a traceback. The emulator makes an event of each line.
        r"^(?P<error>(?:[A-Za-z_]\w*\.)*\w*(?:Error|Exception|Exit|Interrupt)(?:: .*)?)$",
        r"^(?P<error>(?:[A-Za-z_]\w*\.)+[A-Z]\w*: .*)$",
    )
)
REPORT = re.compile(r"^(?P<kind>REPORT|INIT_REPORT)\b.*?\bStatus: (?P<status>error|timeout)\b(?P<rest>.*)")
REQUEST_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INVOCATION, TOO_LONG = "The invocation", "took too long"
LEVELS = ("ERROR", "CRITICAL", "FATAL")


def find_error(message: str) -> str | None:
    """Return the error that a log event names, on one line and without time and request id, or None.

    Lambda puts a whole traceback into one event, with a carriage return after each line. A prediction is an object of
    JSON, so its text never counts as an error.
    """
    text = message.replace("\r", "\n").strip("\n")
    if text.lstrip().startswith("{"):
        return _find_in_json(text)
    if report := REPORT.match(text):
        kind = re.search(r"Error Type: (\S+)", report["rest"])
        return _platform_error(report["kind"] == "INIT_REPORT", report["status"], kind[1] if kind else "")
    found = next((match for pattern in LINES if (match := pattern.search(text))), None)
    return found["error"].strip() if found else None


def _find_in_json(text: str) -> str | None:
    """Return the error of a line in Lambda's JSON format."""
    try:
        line: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(line, dict):
        return None
    record = line.get("record")
    if str(line.get("type", "")).startswith("platform.") and isinstance(record, dict):
        is_init = "init" in str(line["type"]).lower()
        status = str(record.get("status", ""))
        return _platform_error(is_init, status, record.get("errorType", "")) if status in ("error", "timeout") else None
    if "errorMessage" in line:
        return f"{line.get('errorType', 'Error')}: {line['errorMessage']}".splitlines()[0]
    if str(line.get("level", line.get("log_level", ""))).upper() in LEVELS:
        said = line.get("message", "")
        return (said if isinstance(said, str) else json.dumps(said)).partition("\n")[0] or "an error without a message"
    return None


def _platform_error(is_init: bool, status: str, kind: str) -> str:
    """Name an invocation, or a start of the function, that the platform reports as failed."""
    what = "The start of the function" if is_init else INVOCATION
    return f"{what} {TOO_LONG}" if status == "timeout" else f"{what} failed: {kind or 'no error type is given'}"


def count_errors(messages: Iterable[str]) -> Counter[str]:
    """Count the errors in log events.

    The platform also reports an invocation as failed at its end. That counts only if no other line of the same
    invocation has named this error.
    """
    counted: Counter[str] = Counter()
    reports: list[tuple[str, str]] = []
    named: dict[str, str] = defaultdict(str)
    for message in messages:
        if not (error := find_error(message)):
            continue
        ids = REQUEST_ID.findall(message)
        if ids and error.startswith(INVOCATION):
            reports.append((ids[0], error))
            continue
        counted[error] += 1
        for each in ids:
            named[each] += message
    counted.update(error for request, error in reports if _word(error) not in named[request])
    return counted


def _word(report: str) -> str:
    """Return what another line of the invocation says if it names the error of this report."""
    return "timed out" if report.endswith(TOO_LONG) else report.rpartition(": ")[2]
