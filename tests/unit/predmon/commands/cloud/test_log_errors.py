"""Which log events are errors, and what they are called."""

from pathlib import Path

import pytest

from predmon.commands.cloud.log_errors import count_errors, find_error

LINES = (Path(__file__).parents[2] / "files" / "C01-lambda-log-lines.log").read_bytes().decode().split("\n")
"""What Lambda logs when a function is killed, out of time or memory, or fails. One event a line."""
REQUEST = "3f0c1d5e-7b1a-4d0e-9a55-0c2f4b6d8e10"


@pytest.mark.parametrize(
    ("number", "error"),
    list(
        enumerate(
            [
                "Runtime exited with error: signal: killed",
                "The invocation took too long",
                "The invocation failed: Runtime.OutOfMemory",
                "The start of the function took too long",
                "NoSuchBucket: An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: "
                "The specified bucket does not exist",
                "ReadTimeout: HTTPSConnectionPool(host='vpc-x', port=443): Read timed out. (read timeout=60)",
                "Runtime.ImportModuleError: Unable to import module 'lambda_shipper.handler': No module named 'orjson'",
                "ShippingError: 3 log events were not delivered",
                "Task timed out after 120.00 seconds",
                "ConnectionTimeout: ConnectionTimeout caused by - ReadTimeoutError(HTTPSConnectionPool(host='vpc-x', "
                "port=443): Read timed out.)",
            ]
        )
    ),
)
def test_what_ends_an_invocation_is_an_error(number: int, error: str) -> None:
    assert find_error(LINES[number]) == error


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (
            "botocore.errorfactory.NoSuchBucket: An error occurred",
            "botocore.errorfactory.NoSuchBucket: An error occurred",
        ),
        ("KeyError", "KeyError"),
        ("SystemExit: 1", "SystemExit: 1"),
        (f"[ERROR]\t2026-11-25T10:00:00.000Z\t{REQUEST}\tThe alias is missing\nTraceback …", "The alias is missing"),
        (f"2026-11-25T10:00:00.000Z\t{REQUEST}\tERROR\tInvoke Error \t{{}}", "Invoke Error \t{}"),
        (
            f"RequestId: {REQUEST} Error: fork/exec /var/task/bootstrap: exec format error",
            "fork/exec /var/task/bootstrap: exec format error",
        ),
        (f"RequestId: {REQUEST} Process exited before completing request", "Process exited before completing request"),
        ("Runtime.OutOfMemory", "Runtime.OutOfMemory"),
        ('{"level": "ERROR", "message": "no bucket", "requestId": "1"}', "no bucket"),
        ('{"type": "platform.report", "record": {"status": "timeout"}}', "The invocation took too long"),
        (
            '{"type": "platform.initReport", "record": {"status": "error", "errorType": "Runtime.Unknown"}}',
            "The start of the function failed: Runtime.Unknown",
        ),
    ],
)
def test_other_forms_of_an_error_are_found(message: str, error: str) -> None:
    assert find_error(message) == error


@pytest.mark.parametrize(
    "message",
    [
        f"START RequestId: {REQUEST} Version: $LATEST",
        f"END RequestId: {REQUEST}",
        f"REPORT RequestId: {REQUEST}\tDuration: 900.00 ms\tMemory Size: 512 MB\tMax Memory Used: 98 MB",
        '{"type": "platform.report", "record": {"status": "success"}}',
        '{"text": "KeyError: no. Task timed out after lunch. signal: killed", "prediction": {"label": "a"}}',
        '[INFO]\t2026-11-25T10:00:00.000Z\t1\t{"text": "signal: killed", "prediction": {"label": "ERROR"}}',
        "Traceback (most recent call last):",
        '{"level": "INFO", "message": "KeyError: none"}',
        "[1, 2]",
        "",
    ],
)
def test_other_lines_and_the_text_of_a_prediction_are_none(message: str) -> None:
    assert find_error(message) is None


def test_the_report_of_an_invocation_counts_only_where_no_line_has_named_the_error() -> None:
    other = REQUEST.replace("3", "4")
    killed = f"RequestId: {REQUEST} Error: Runtime exited with error: signal: killed\rRuntime.ExitError"
    report = "REPORT RequestId: {}\tDuration: 9.00 ms\tStatus: error\tError Type: Runtime.ExitError"
    late = "REPORT RequestId: {}\tDuration: 9.00 ms\tStatus: timeout"

    timed_out = f"2026-11-25T10:00:00Z {other} Task timed out after 9 s"
    reports = [report.format(REQUEST), report.format(other), late.format(other), late.format(REQUEST)]

    counted = count_errors([killed, timed_out, *reports, "[ERROR] KeyError: 'a'", "[ERROR] KeyError: 'a'"])

    assert counted == {
        "Runtime exited with error: signal: killed": 1,
        "The invocation failed: Runtime.ExitError": 1,
        "Task timed out after 9 s": 1,
        "The invocation took too long": 1,
        "KeyError: 'a'": 2,
    }
