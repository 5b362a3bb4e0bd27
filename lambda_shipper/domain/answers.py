"""What an answer of the bulk API means, for the request as a whole and for each item.

Sources: OpenSearch's bulk API (items come back in the request's order, also with HTTP 200), and Amazon OpenSearch
Service, which adds its own throttling and size answers in text or HTML.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, NamedTuple

import orjson

from contracts.actuals import are_of_one_time
from lambda_shipper.domain.client import Answer

ALL_WRITTEN = b'{"errors":false,'
FULL_CLUSTER = re.compile(r"maximum (normal )?shards open")
PROVIDED_VERSION = re.compile(r"current version \[(\d+)\] is higher (?:or equal to|than) the one provided \[(\d+)\]")
"""What the domain answers to a document with a version of its own: an actual, or a prediction that is repeated."""

CONTRADICTED = "contradicted"
"""An actual that says something else than the one of the same time that is there."""
REPLACED = "replaced"
"""An actual that took the place of an earlier one."""
BLOCKED = re.compile(r"throttl|blocked by", re.IGNORECASE)
THROTTLED = "throttled"
BLOCKS = (
    ("read-only", "read_only"),
    ("create-index", "read_only"),
    ("index write", "write_blocked"),
    ("throttl", THROTTLED),
)
"""Words of a block → its reason: a full disk or a setting; a past day that is being copied; Amazon's own brake."""
FULL, CLOSED, BREAKER, OTHER_BLOCK = "shard_limit", "index_closed", "circuit_breaker", "blocked"
DOMAIN_REASONS = (FULL, CLOSED, BREAKER, OTHER_BLOCK, *(word for _, word in BLOCKS))
"""Reasons that say nothing about a document: the same bytes go in when the domain is well again."""
FOREIGN = (
    ("only write ops with an op_type of create are allowed in data streams", "name_taken"),
    ("no write index is defined for alias", "name_taken"),
    ("pipeline with id", "pipeline_missing"),
)
"""How the reason of an error begins that somebody's alias, data stream or setting causes → its word. None of a
document's own errors begins so."""
NO_AUTO_CREATE = "index_forbidden"
VALUE_PREVIEW = re.compile(r"\.? Preview of field's value.*", re.DOTALL)


class Reply(Enum):
    """What to do next with a request or an item."""

    WRITTEN = "written"
    BUSY = "busy"
    """The same bytes may go in later."""
    REFUSED = "refused"
    """These bytes never will."""
    SUPERSEDED = "superseded"
    """A newer version is there, or this one: nothing is to be done."""
    DENIED = "denied"
    """No document of ours would go in now: permissions, a missing index."""


class Item(NamedTuple):
    """A reply with its reason in one word (as `shipper.kept_raw.reason` holds it) and its detail."""

    reply: Reply
    reason: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """Return the facts without what may quote a document."""
        return f"{self.reason} {self.detail.partition(':')[0]}".rstrip()


def read_answer(answer: Answer, count: int) -> tuple[Item, dict[int, Item]]:
    """Judge an answer to a request of `count` items: the whole, and by position each item that was not written."""
    if answer.status == 200 and answer.body.startswith(ALL_WRITTEN):
        return Item(Reply.WRITTEN), {}  # spares parsing as many items as were sent
    body = _read_object(answer.body)
    if answer.status == 200:
        if body is None:
            return Item(Reply.BUSY, "no_json", "HTTP 200 without a bulk answer"), {}
        if body.get("errors") is False:
            return Item(Reply.WRITTEN), {}
        items = body.get("items")
        if not isinstance(items, list) or len(items) != count:
            return Item(Reply.BUSY, "bad_answer", f"HTTP 200 without the {count} items asked for"), {}
        judged = ((position, _judge_item(item)) for position, item in enumerate(items))
        return Item(Reply.WRITTEN), {at: item for at, item in judged if item.reply is not Reply.WRITTEN}
    return _judge_whole(answer, body), {}


def find_replaced(answer: Answer) -> set[int]:
    """Return the positions of the documents that were written in the place of an earlier one: 200, and not 201."""
    items = (_read_object(answer.body) or {}).get("items")
    results = [next(iter(each.values()), None) if isinstance(each, dict) else None for each in items or ()]
    return {at for at, each in enumerate(results) if isinstance(each, dict) and each.get("status") == 200}


def _judge_whole(answer: Answer, body: dict[str, Any] | None) -> Item:
    kind, reason = _facts(body.get("error") if body else None)
    said = f"HTTP {answer.status} {kind}".rstrip()
    if answer.status == 413:
        return Item(Reply.REFUSED, "too_large", said)
    if answer.status < 300:
        return Item(Reply.BUSY, "bad_answer", said)
    item = _judge(answer.status, kind, reason or answer.body[:400].decode("utf-8", "replace"))
    if item.reply is Reply.REFUSED:  # only OpenSearch itself, naming an error, may put the blame on a document
        return Item(Reply.REFUSED, "refused", said) if kind else Item(Reply.DENIED, "bad_request", said)
    return Item(item.reply, item.reason, said)


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _facts(error: Any) -> tuple[str, str]:
    """Return the type and the reason of an error object, without the preview of the user's value that some quote."""
    if not isinstance(error, dict):
        return "", ""
    reason = VALUE_PREVIEW.sub("", str(error.get("reason") or ""))
    cause = error.get("caused_by")
    if isinstance(cause, dict) and cause.get("reason"):
        reason = f"{reason} ({cause['reason']})"
    return str(error.get("type") or ""), reason


def _judge_item(item: Any) -> Item:
    result = next(iter(item.values()), None) if isinstance(item, dict) else None
    if not isinstance(result, dict) or not isinstance(result.get("status"), int):
        return Item(Reply.BUSY, "bad_answer", "an item without a status")
    return _judge(result["status"], *_facts(result.get("error")))


def _judge(status: int, kind: str, reason: str) -> Item:
    detail = f"{kind}: {reason}" if reason else kind
    if status in (200, 201):
        return Item(Reply.WRITTEN)
    if status == 409 and (versions := PROVIDED_VERSION.search(reason)):
        contradicts = " or equal " in versions[0] and are_of_one_time(int(versions[1]), int(versions[2]))
        return Item(Reply.SUPERSEDED, CONTRADICTED if contradicts else "")
    if kind == "circuit_breaking_exception":
        return Item(Reply.BUSY, BREAKER, detail)
    if kind == "cluster_block_exception":  # of status 403, or of 429 for a full disk
        return Item(Reply.BUSY, _name_block(reason), detail)
    if status == 429:
        return Item(Reply.BUSY, THROTTLED, detail)
    if status in (408, 409) or status >= 500:
        return Item(Reply.BUSY, f"status_{status}", detail)
    # Read no other reason: the one of a refused document quotes field names and values, which anybody may log.
    if status == 403 and BLOCKED.search(reason):
        return Item(Reply.BUSY, _name_block(reason), detail)
    if kind == "validation_exception" and FULL_CLUSTER.search(reason):
        return Item(Reply.BUSY, FULL, detail)
    if kind == "index_closed_exception":  # the day takes its documents when it is open again
        return Item(Reply.BUSY, CLOSED, detail)
    if kind == "index_not_found_exception" and "[action.auto_create_index]" in reason:
        return Item(Reply.DENIED, NO_AUTO_CREATE, detail)
    if foreign := next((word for words, word in FOREIGN if reason.startswith(words)), None):
        return Item(Reply.DENIED, foreign, detail)
    if status == 400:
        return Item(Reply.REFUSED, "mapping_conflict", detail)
    return Item(Reply.DENIED, f"status_{status}", detail)


def _name_block(reason: str) -> str:
    return next((word for words, word in BLOCKS if words in reason.lower()), OTHER_BLOCK)
