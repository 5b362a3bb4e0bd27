"""Lenient JSON: whatever Python's own `json.dumps` writes is read, and what comes out can always be written as JSON.

orjson does nearly all lines. The rest go through the standard library: `NaN` and `Infinity` become null, integers
beyond 64 bits become floats (or null beyond a float's range), lone surrogates become U+FFFD.
"""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

INT64_MIN, UINT64_MAX = -(2**63), 2**64 - 1
INT_DIGITS = len(str(INT64_MIN))


class NotJsonError(ValueError):
    """The text is no JSON in any reading; the message says where it stops being so, without quoting it."""


def parse(text: str | bytes | bytearray) -> Any:
    """Read one JSON value; raises `NotJsonError`, and nothing else, for any input."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as strict:
        return _parse_leniently(text, strict)


def parse_at(text: str, start: int) -> tuple[Any, int]:
    """Read the JSON value that starts here, whatever follows it, and return where it ends; raises `NotJsonError`."""
    try:
        value, end = DECODER.raw_decode(text, start)
        return _writable(value), end
    except RecursionError:
        raise NotJsonError("nested too deep to read") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"{error.msg} at character {error.pos}") from None
    except ValueError as error:
        raise NotJsonError(str(error)) from None


def _parse_leniently(text: str | bytes | bytearray, strict: orjson.JSONDecodeError) -> Any:
    try:
        if not isinstance(text, str):
            text = text.decode("utf-8", "surrogatepass")
        return _writable(json.loads(text, parse_int=_parse_int))
    except RecursionError:
        raise NotJsonError("nested too deep to read") from None
    except ValueError:  # includes JSONDecodeError and UnicodeDecodeError
        raise NotJsonError(str(strict)) from None


def _parse_int(digits: str) -> int | float:
    if len(digits) > INT_DIGITS:  # int() refuses thousands of digits, and takes long for hundreds
        return float(digits)
    number = int(digits)
    return number if INT64_MIN <= number <= UINT64_MAX else float(digits)


DECODER = json.JSONDecoder(parse_int=_parse_int)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {without_surrogates(key): _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def without_surrogates(text: str) -> str:
    """Join surrogate pairs and replace the lone ones by U+FFFD; other text comes back as it is."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
