"""The JSON values in a text, and the texts between them."""

from __future__ import annotations

import re
from typing import Any

from lambda_shipper.reading.parsing import NotJsonError, parse, parse_at

KEY = "prediction"
VALUE_START = re.compile(r'\{\s*+"|\[\s*+[\[{"]|"(?:\\++"){0,8}+\s*+[\[{]')
"""Where an object may start, a list, or a string that holds JSON. An empty `{}` is a logger's placeholder."""
NAMED_VALUE = re.compile(r"""(?:\A|[\s,;|(\[{])prediction\s{0,3}[:=]\s{0,3}\Z""")
"""What stands before a JSON value that a text names: `prediction={"label": …}`."""
MOST_FAILED_STARTS = 16
"""How many starts of a text are tried that turn out to be none; a log prefix may hold some of its own."""


def split(text: str) -> tuple[list[Any], list[str], str]:
    """Return the JSON values in a text, the texts between them, and why the first one that is broken is so.

    A value counts also where something else follows it.
    """
    values: list[Any] = []
    gaps: list[str] = []
    failure, failed_starts = "", 0
    gap_start = position = 0
    while failed_starts < MOST_FAILED_STARTS and (start := VALUE_START.search(text, position)):
        at = start.start()
        try:
            value, end = _read(text, at, is_first=not values and not failed_starts)
        except NotJsonError as error:
            failure = failure or str(error)
            failed_starts += 1
            position = at + 1
            continue
        is_named = NAMED_VALUE.search(text, max(0, at - 40), at) is not None
        if isinstance(value, str) and KEY not in value and not is_named:  # the quote was another string's end
            failed_starts += 1
            position = at + 1
            continue
        gaps.append(text[gap_start:at])
        values.append(value)
        gap_start = position = end
    gaps.append(text[gap_start:])
    return values, gaps, failure


def _read(text: str, start: int, *, is_first: bool) -> tuple[Any, int]:
    """Return the value and its end. Mostly it is the only one and runs to the end, which is read much faster."""
    if is_first:
        try:
            return parse(text[start:]), len(text)
        except NotJsonError:
            pass
    return parse_at(text, start)
