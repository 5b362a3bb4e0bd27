"""Lines that a logger repeats a prediction on: one prediction under one id is one document (decision 28).

MDC, `append_keys`, `bind`, `contextualize` and spans put a prediction on every later line of a request. Such a line is
recognised by a logger's own keys beside a `prediction_id` or a `request_id`. The `_id` of its document is made of that
id, of the prediction, and of what is logged beside it except a logger's keys. Its version makes the fullest line win,
and of equally full ones the earliest, in whatever order they are delivered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from lambda_shipper.reading.finding import Said
from lambda_shipper.reading.names import OF_LOGGERS, words

LOGGER_KEYS = words(
    """
    level levelname severity lvl log.level message msg event time timestamp ts @timestamp @version logger
    logger_name loggerName target thread threadName thread_name name pid hostname process processName v line lineno
    file filename funcName function module pathname caller location service sampling_rate cold_start function_name
    function_arn function_memory_size function_request_id xray_trace_id elapsed elapsed_milliseconds sequenceNumber
    nanoseconds throwable mdc fields span spans record host log ecs tags taskName created msecs relativeCreated
    levelno
    """
)
"""Keys that loggers and their formatters add, and that differ from line to line of one request."""
SHARED = frozenset(["prediction", "prediction_id", "request_id", "model", "latency_ms"])
DIGEST_BYTES = 20
TIME_BITS = 48
"""Bits of a version for the time, ms since 1970: until the year 10889."""
MOST_KEYS = 2**14


class Repeatable(NamedTuple):
    """What tells a prediction of a logger's lines from others."""

    group: bytes
    """The id and the prediction: JSON."""
    content: bytes
    """What is logged beside it: JSON; empty where that is nothing."""
    fullness: int


def repeatable(logged: dict[str, Any], log_group: str) -> Repeatable | None:
    """Return what tells a prediction on a logger's line from others; None for any other line, or without an id."""
    if OF_LOGGERS.isdisjoint(logged) or isinstance(logged, Said):
        return None
    identity, name = logged.get("prediction_id"), "prediction_id"
    if not isinstance(identity, str | int):
        identity, name = logged.get("request_id"), "request_id"
    if not isinstance(identity, str | int) or identity == "" or logged.get("prediction") is None:
        return None
    content = {key: item for key, item in logged.items() if key not in LOGGER_KEYS and key not in SHARED}
    try:
        group = orjson.dumps([log_group, name, identity, logged["prediction"]], option=orjson.OPT_SORT_KEYS)
        packed = orjson.dumps(content, option=orjson.OPT_SORT_KEYS) if content and name == "request_id" else b""
    except orjson.JSONEncodeError:  # nested too deep
        return None
    return Repeatable(group, packed, min(len(content), MOST_KEYS - 1))


def contents_by_group(found: Iterable[Repeatable]) -> dict[bytes, bytes]:
    """Return for each id and prediction the content that lines without one belong to: the first, where there is one."""
    first: dict[bytes, bytes] = {}
    for each in found:
        if each.content:
            first.setdefault(each.group, each.content)
    return first


def identity_of(each: Repeatable, contents: dict[bytes, bytes]) -> str:
    """Return the `_id` of a prediction that may be repeated."""
    content = each.content or contents.get(each.group, b"")
    return hashlib.blake2b(each.group + b"\n" + content, digest_size=DIGEST_BYTES).hexdigest()


def version_of(each: Repeatable, milliseconds: int) -> int:
    """Return the external version: the fullest line is the highest, of equally full ones the earliest."""
    return each.fullness + 1 << TIME_BITS | (1 << TIME_BITS) - 1 - milliseconds
