"""From a subscription's invocation payload to its log events."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple, TypedDict

from lambda_shipper.errors import BatchError
from lambda_shipper.reading.parsing import NotJsonError, parse

MAX_TIMESTAMP_MS = 253_402_300_799_999  # the last millisecond of the year 9999
SYSTEM_FIELDS = ("@aws.account", "@aws.region")
ACCOUNT, REGION = re.compile(r"[0-9]{12}"), re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
PART_BYTES = 64 * 1024
GZIP_FORMAT = 31  # zlib's `wbits` for a gzip header and trailer


class LogEvent(TypedDict):
    """One line as CloudWatch Logs delivers it; `timestamp` is in milliseconds since 1970."""

    id: str
    timestamp: int
    message: str


class LogBatch(NamedTuple):
    """The log events of one invocation, all from one log stream."""

    owner: str
    log_group: str
    log_stream: str
    events: list[LogEvent]
    is_control: bool = False
    """A probe that CloudWatch sends to see whether the destination answers; it carries no predictions."""
    region: str = ""
    """Where it was logged, if the filter says so: it does for copies of logs of other accounts and regions."""
    names_sources: bool = False
    """Whether an event may name its account and region itself: see `by_source`."""

    @property
    def name(self) -> str:
        """Return the id of its first event, which tells it from every other batch, however often it is delivered."""
        return self.events[0]["id"] if self.events else ""


def decode(event: dict[str, Any], max_bytes: int) -> LogBatch:
    """Unpack `event["awslogs"]["data"]` (base64, gzip, JSON); raises `BatchError` if any part is not what it claims.

    Never holds more than `max_bytes` of unpacked data and one byte, however much the payload would unpack to.
    """
    return read_batch(_unzip(_pack(event), max_bytes))  # no names, so each form is freed when the next one is read


def _pack(event: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(event["awslogs"]["data"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise BatchError(f"not a CloudWatch Logs event: no base64 at awslogs.data ({type(error).__name__})") from None


def _unzip(packed: bytes, max_bytes: int) -> bytearray:
    """Unpack part by part: in one call zlib would hold all parts beside the whole that it joins them to."""
    unpacker, data = zlib.decompressobj(GZIP_FORMAT), bytearray()
    try:
        for start in range(0, len(packed), PART_BYTES):
            data += unpacker.decompress(packed[start : start + PART_BYTES], max_bytes + 1 - len(data))
            if len(data) > max_bytes:
                raise BatchError(
                    f"awslogs.data unpacks to more than {max_bytes} bytes: refused as a decompression bomb"
                )
    except zlib.error as error:
        raise BatchError(f"awslogs.data is not gzip: {error}") from None
    if not unpacker.eof or unpacker.unused_data:
        raise BatchError("awslogs.data is cut off, or has something behind its end")
    return data


def read_batch(data: bytes | bytearray) -> LogBatch:
    """Read the JSON inside and check its shape, so that nothing after this has to; raises `BatchError`."""
    try:
        body = parse(data)
    except NotJsonError as error:
        raise BatchError(f"awslogs.data is not JSON: {error}") from None
    if not isinstance(body, dict) or body.get("messageType") not in ("DATA_MESSAGE", "CONTROL_MESSAGE"):
        raise BatchError("awslogs.data has no known messageType")
    owner, log_group = body.get("owner"), body.get("logGroup")
    log_stream, events = body.get("logStream"), body.get("logEvents")
    if not (isinstance(owner, str) and isinstance(log_group, str) and isinstance(log_stream, str)):
        raise BatchError("awslogs.data lacks owner, logGroup or logStream")
    if not isinstance(events, list):
        raise BatchError("awslogs.data lacks logEvents")
    for position, event in enumerate(events):
        try:
            timestamp = event["timestamp"]
            is_text = type(event["id"]) is type(event["message"]) is str
            if is_text and type(timestamp) is int and 0 <= timestamp <= MAX_TIMESTAMP_MS:
                continue
        except (KeyError, TypeError):
            pass
        raise BatchError(f"log event {position} of {len(events)} lacks a usable id, timestamp or message")
    is_control, names_sources = body["messageType"] == "CONTROL_MESSAGE", b'"extractedFields"' in data
    return LogBatch(owner, log_group, log_stream, events, is_control, names_sources=names_sources)


def by_source(batch: LogBatch, own_account: str = "", own_region: str = "") -> Iterable[LogBatch]:
    """Return the batch in parts of one account and region each.

    Two accounts may have a log group of the same name. Elsewhere than in `own_account` and `own_region` it is called
    `account:name`, as CloudWatch's `@log` names it, or `account:region:name`.

    With `EmitSystemFields` a filter puts `extractedFields` beside an event's message, with `@aws.account` and
    `@aws.region` in it. Such a batch has the copied logs of several accounts. An event without them is the owner's.
    """
    if not batch.names_sources:
        is_elsewhere = own_account and batch.owner != own_account
        return (batch._replace(log_group=f"{batch.owner}:{batch.log_group}") if is_elsewhere else batch,)
    parts: dict[tuple[str, str], list[LogEvent]] = {}
    for event in batch.events:
        fields: Any = event.get("extractedFields")
        account, region = map(fields.get, SYSTEM_FIELDS) if isinstance(fields, dict) else (None, None)
        if not (isinstance(account, str) and ACCOUNT.fullmatch(account)):
            account = batch.owner
        if not (isinstance(region, str) and REGION.fullmatch(region)):
            region = batch.region
        parts.setdefault((account, region), []).append(event)
    return [
        batch._replace(
            owner=account,
            region=region,
            log_group=_name(batch.log_group, account, region, own_account, own_region),
            events=events,
        )
        for (account, region), events in parts.items()
    ]


def _name(log_group: str, account: str, region: str, own_account: str, own_region: str) -> str:
    if region and own_region and region != own_region:
        return f"{account}:{region}:{log_group}"
    return f"{account}:{log_group}" if own_account and account != own_account else log_group
