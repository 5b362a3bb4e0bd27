"""The columns of a model's input, found in a sample of its documents: which are watched, and why others are not.

The places of a list are columns, too, if the list nearly always has the same length: `features[3]` (see places.py).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

NOT_INPUTS = frozenset(
    (
        *("text", "prediction", "prediction_id", "actual", "error", "model", "novelty", "latency_ms", "request_id"),
        *("truncated", "shipper"),
    )
)
"""Keys of the log line's contract, which are no columns of the input."""
OF_LOGGERS = frozenset(
    (
        *("level", "levelname", "severity", "logger", "location", "message", "msg", "service", "sampling_rate"),
        *("hostname", "pid", "thread", "caller", "event", "requestId", "function_request_id", "xray_trace_id"),
        *("cold_start", "function_name", "function_memory_size", "function_arn", "timestamp", "time", "ts", "v"),
    )
)
"""Keys that loggers add to every line (Powertools, structlog, pino, winston, Lambda's own format)."""
UNCOUNTABLE_NAME = re.compile(r"[][>,*]")
"""What no aggregation, or no list of fields, takes in a name."""
MOST_COLUMNS = 300
FEWEST_VALUES = 20
"""Fewer values do not tell what a column is: it is watched."""
MOSTLY = 0.95
ID_SHARE = 0.5
"""A column of which so many values occur once only names things."""
ID_NAME = re.compile(r"(^|[._-])(id|ids|uuid|guid|key|token|hash|number|nr|no)$|[a-z](Id|ID|Uuid|Key|Hash|Number)$")
LARGE_NUMBER = 10**7
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$")
UNITS = (1, 10**3, 10**6, 10**9)
"""The parts of a second in which numbers tell the time since 1970."""
NEAR_SECONDS = 3 * 365 * 86_400
WORDS_OF_TEXT = 4
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?$")
LONGEST_KEYWORD = 1024
"""Longer words have no keyword in the index."""
LIST, OBJECTS, BADLY_NAMED = object(), object(), object()


@dataclass(frozen=True)
class Columns:
    """What a sample of documents shows: the paths to watch, and why other paths are left out."""

    watched: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


def find_columns(rows: Sequence[tuple[datetime, Mapping[str, Any]]], leave_out: Sequence[str] = ()) -> Columns:
    """Return the columns of some documents, given with their times. `leave_out` holds patterns of paths."""
    values: dict[str, list[tuple[datetime, Any]]] = {}
    for moment, row in sorted(rows, key=lambda each: each[0]):
        for path, value in flatten_row(row).items():
            values.setdefault(path, []).append((moment, value))
    watched: list[str] = []
    left_out = _drop_varying_lists(values)
    for path, found in sorted(values.items()):
        if any(fnmatchcase(path, pattern) for pattern in leave_out):
            left_out[path] = "drift_fields leaves it out"
        elif reason := find_reason(path, found):
            left_out[path] = reason
        elif len(watched) == MOST_COLUMNS:
            left_out[path] = f"more than {MOST_COLUMNS} columns"
        else:
            watched.append(path)
    return Columns(tuple(watched), dict(sorted(left_out.items())))


def flatten_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document's values by path, the places of its lists too, without keys of the contract and of loggers."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if key not in NOT_INPUTS and key not in OF_LOGGERS and not key.startswith("@"):
            _flatten(key, value, found)
    return found


def _flatten(path: str, value: Any, into: dict[str, Any]) -> None:
    if UNCOUNTABLE_NAME.search(path):
        into[path] = BADLY_NAMED
        return
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _flatten(f"{path}.{key}", inner, into)
    elif not isinstance(value, list):
        into[path] = value
    elif any(isinstance(each, Mapping) for each in value):
        into[path] = OBJECTS
    elif len(value) > MOST_COLUMNS or any(isinstance(each, list) for each in value):
        into[path] = LIST
    else:
        into.update({f"{path}[{place}]": each for place, each in enumerate(value)} or {path: None})


def _drop_varying_lists(values: dict[str, list[tuple[datetime, Any]]]) -> dict[str, str]:
    """Remove the places of lists that are no vectors, and return why, by the path of the list."""
    places: dict[str, list[str]] = {}
    for path, found in values.items():
        if path.endswith("]") and found[0][1] is not BADLY_NAMED:
            places.setdefault(path.partition("[")[0], []).append(path)
    left_out: dict[str, str] = {}
    for name, paths in places.items():
        short = values.pop(name, [])
        lists = max(len(values[path]) for path in paths) + sum(value is not None for _, value in short)
        if min(len(values[path]) for path in paths) < MOSTLY * lists:
            left_out[name] = "a list of varying length: log an object with a name for each value"
            for path in paths:
                del values[path]
    return left_out


def find_reason(path: str, found: Sequence[tuple[datetime, Any]]) -> str:
    """Return why a column cannot or should not be watched; empty where it is to be watched."""
    if any(value is BADLY_NAMED for _, value in found):
        return "a name with [ ] > , or *, which the index cannot count"
    known = [(moment, value) for moment, value in found if value is not None]
    if not known:
        return "nothing but null"
    values = [value for _, value in known]
    if OBJECTS in values:
        return "a list of objects: log one line for each"
    if LIST in values:
        return f"a list of lists, or of more than {MOST_COLUMNS} values"
    kinds = Counter(map(name_kind, values))
    if len(kinds) > 1:
        return f"of several types: {', '.join(sorted(kinds))}"
    if len(values) < FEWEST_VALUES:
        return ""
    if "numbers" in kinds:
        return _find_reason_in_numbers(path, known)
    return _find_reason_in_words(path, values) if "texts" in kinds else ""


def name_kind(value: Any) -> str:
    """Return what kind of value this is: numbers, booleans or texts."""
    if isinstance(value, bool):
        return "booleans"
    return "numbers" if isinstance(value, int | float) else "texts"


def _find_reason_in_numbers(path: str, known: Sequence[tuple[datetime, Any]]) -> str:
    values = [value for _, value in known]
    for unit in UNITS:
        near = sum(abs(value / unit - moment.timestamp()) < NEAR_SECONDS for moment, value in known)
        if near >= MOSTLY * len(known):
            return "a time"
    if any(value != int(value) for value in values):
        return ""
    different = len(set(values)) / len(values)
    if different >= ID_SHARE and ID_NAME.search(path):
        return "an id: nearly every value is another one"
    if different >= MOSTLY and min(values) >= LARGE_NUMBER:
        return "an id: nearly every value is another large number"
    grows = sum(after >= before for before, after in itertools.pairwise(values))
    if different >= MOSTLY and grows >= MOSTLY * (len(values) - 1):
        return "a counter: it only grows"
    return ""


def _find_reason_in_words(path: str, values: Sequence[str]) -> str:
    different = len(set(values)) / len(values)
    if sum(1 for value in values if TIME.match(value)) >= MOSTLY * len(values):
        return "a time"
    if any(len(value) > LONGEST_KEYWORD for value in values):
        return "free text"
    if different < ID_SHARE:
        return ""
    if sum(1 for value in values if NUMBER.match(value)) >= MOSTLY * len(values):
        is_id = ID_NAME.search(path)
        return "an id: nearly every value is another one" if is_id else "numbers logged as texts: log them as numbers"
    if sum(len(value.split()) for value in values) >= WORDS_OF_TEXT * len(values):
        return "free text"
    return "an id: nearly every value is another one"
