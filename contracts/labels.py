"""Labels as the index holds them: always a text, one text for each class, and never too long to be counted.

Predictions and actuals are read by this one function, so `1`, `1.0` and `"1"` are one class for both, and so are
`true` and `"True"`. The module imports only the standard library, and each function's bundle carries a copy of it.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

MOST_CHARACTERS = 256
KEPT_CHARACTERS = 200
HASH_DIGITS = 16
WHOLE_NUMBER = re.compile(r"(-?(?:0|[1-9]\d*))\.0+", re.ASCII)
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
"""A number of JSON (RFC 8259, section 6). `007`, `1_000`, `nan`, `1e` and digits of other scripts are labels."""
AS_NUMBER, AS_BOOLEAN = {"true": "1", "false": "0"}, {"1": "true", "0": "false"}
MOST_KNOWN = 4096
SPELLINGS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}
"""How languages and libraries print a boolean: Python and NumPy `True`, R and spreadsheets `TRUE`."""
MISSING = frozenset(["NaN", "<NA>", "NaT"])
"""How pandas and NumPy print a missing value (`str(pandas.NA)`). `nan` and `None` may be names of classes."""
MASKED = re.compile(r"\*{3,}")
"""What a data protection policy of CloudWatch Logs leaves of a value (CloudWatch Logs user guide, "Mask sensitive log
data"). It stands for any value, so it is no class."""

known: set[str] = set()
"""Labels that are already as they should be. Most models have few, so a look into this set spares the rest."""


def label_of(value: Any) -> str:
    """Return the label of a text, number or boolean: `1`, `1.0`, `"1"` and `"1.0"` are one class.

    A label of more than `MOST_CHARACTERS` becomes its beginning with a hash of the whole, the same each time. Ask
    `is_missing` first: a text that prints a missing value is no label.
    """
    if isinstance(value, str):
        whole = WHOLE_NUMBER.fullmatch(value)
        text = _whole(whole[1]) if whole else SPELLINGS.get(value, value)
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float) and value.is_integer():
        text = _whole(f"{value:.0f}")
    else:
        text = str(value)
    text = shortened(text)
    if len(known) < MOST_KNOWN and not is_missing(text):
        known.add(text)
    return text


def is_missing(value: Any) -> bool:
    """Return whether this is no value: null, a text that prints a missing value, or one that was masked."""
    return value is None or (isinstance(value, str) and (value in MISSING or MASKED.fullmatch(value) is not None))


def as_written(label: str, other: str) -> str:
    """Return a label in the notation of another one: `true` and `1` are one class, and so are `false` and `0`."""
    if other in AS_NUMBER:
        return AS_BOOLEAN.get(label, label)
    return AS_NUMBER.get(label, label) if NUMBER.fullmatch(other) else label


def shortened(text: str) -> str:
    """Return a text of at most `MOST_CHARACTERS`, another one for each text."""
    if len(text) <= MOST_CHARACTERS:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS]
    return f"{text[:KEPT_CHARACTERS]}…{digest}"


def _whole(digits: str) -> str:
    return "0" if digits == "-0" else digits
