"""Labels as the index holds them: always a text, one text for each class, and never too long to be counted."""

from __future__ import annotations

import hashlib
import re
from typing import Any

MOST_CHARACTERS = 256
KEPT_CHARACTERS = 200
HASH_DIGITS = 16
WHOLE_NUMBER = re.compile(r"(-?(?:0|[1-9]\d*))\.0+")
MOST_KNOWN = 4096

known: set[str] = set()
"""Labels that are already as they should be. Most models have few, so a look into this set spares the rest."""


def label_of(value: Any) -> str:
    """Return the label of a text, number or boolean: `1`, `1.0`, `"1"` and `"1.0"` are one class.

    A label of more than `MOST_CHARACTERS` becomes its beginning with a hash of the whole, the same each time.
    """
    if isinstance(value, str):
        whole = WHOLE_NUMBER.fullmatch(value)
        text = _whole(whole[1]) if whole else value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float) and value.is_integer():
        text = _whole(f"{value:.0f}")
    else:
        text = str(value)
    text = shortened(text)
    if len(known) < MOST_KNOWN:
        known.add(text)
    return text


def shortened(text: str) -> str:
    """Return a text of at most `MOST_CHARACTERS`, another one for each text."""
    if len(text) <= MOST_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS]
    return f"{text[:KEPT_CHARACTERS]}…{digest}"


def _whole(digits: str) -> str:
    return "0" if digits == "-0" else digits
