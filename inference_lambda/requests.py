"""Read the sentences of a request in all its forms, and answer in the same form. No AWS calls, no model."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from contracts.errors import UserError

HTTP_KEYS = frozenset({"body", "requestContext", "httpMethod", "resource", "routeKey"})
MAX_REPLY_BYTES = 5_000_000
"""Limit for the texts of a list. Lambda refuses a reply of 6 MB, and by then the predictions would be logged."""


class BadRequestError(UserError, ValueError):
    """The request cannot be answered with a prediction. The message says what to send instead."""


@dataclass(frozen=True)
class Request:
    """The sentences to classify."""

    sentences: list[str]
    is_batch: bool
    """Whether the reply is a list."""


def is_http(event: object) -> bool:
    """Return whether the event came through API Gateway (REST or HTTP API), a load balancer or a function URL."""
    return isinstance(event, dict) and not HTTP_KEYS.isdisjoint(event)


def content_of(event: Any) -> Any:
    """Return what was sent: the event itself, or the body of an HTTP event.

    Raises:
        BadRequestError: if the body is not JSON.
    """
    return _body(event) if is_http(event) else event


def read_request(event: Any, *, max_sentences: int, max_characters: int) -> Request:
    """Return the sentences of `{"sentence": …}`, a list of sentences, or an HTTP event whose body is one of these.

    `sentence` (or `sentences`) may itself be a list.

    Raises:
        BadRequestError: if there is no sentence, one is not a text or too long, or there are too many.
    """
    content = content_of(event)
    if isinstance(content, dict):
        if "sentence" not in content and "sentences" not in content:
            raise BadRequestError('there is no sentence; send {"sentence": "…"}')
        content = content.get("sentence", content.get("sentences"))
    if not isinstance(content, list):
        return Request([_sentence(content, "the sentence", max_characters)], is_batch=False)
    if not content:
        raise BadRequestError("the list of sentences is empty")
    if len(content) > max_sentences:
        raise BadRequestError(f"{len(content)} sentences are too many; send at most {max_sentences} at once")
    sentences = [_sentence(each, f"sentence {index}", max_characters) for index, each in enumerate(content)]
    size = len(_compact(_compact(sentences)).encode())  # An HTTP reply is JSON in JSON.
    if size > MAX_REPLY_BYTES:
        raise BadRequestError(
            f"the sentences would take {size:,} bytes of the reply, and the limit is {MAX_REPLY_BYTES:,}; send fewer"
        )
    return Request(sentences, is_batch=True)


def reply(event: Any, status: int, content: Any) -> Any:
    """Return `content` itself for a direct caller, or a response with `status` for an HTTP caller."""
    if not is_http(event):
        return content
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": _compact(content)}


def _compact(content: Any) -> str:
    """Return JSON in which a text takes no more bytes than in the request."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _body(event: dict[str, Any]) -> Any:
    body = event.get("body")
    if body is None or body == "":
        raise BadRequestError('the request has no body; POST {"sentence": "…"}')
    if not isinstance(body, str):
        return body
    try:
        text = base64.b64decode(body, validate=True).decode("utf-8") if event.get("isBase64Encoded") else body
    except ValueError as error:
        raise BadRequestError("the body is not base64 of UTF-8 text") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequestError('the body is not JSON; send {"sentence": "…"}') from error


def _sentence(value: Any, place: str, max_characters: int) -> str:
    if not isinstance(value, str):
        raise BadRequestError(f"{place} is {_kind(value)}, not text")
    if not value.strip():
        raise BadRequestError(f"{place} is empty")
    if len(value) > max_characters:
        raise BadRequestError(f"{place} has {len(value)} characters; the limit is {max_characters}")
    # JSON can have half of a surrogate pair. It is not a character, and tokenizers and UTF-8 refuse it.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", dict: "an object", list: "a list"}
    return kinds.get(type(value), "null")
