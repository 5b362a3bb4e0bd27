"""What a cell says is right: a label, several labels or a value, as tables and tools for labelling write it."""

import ast
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from contracts.labels import is_missing, label_of
from lambda_shipper.reading.parsing import NotJsonError, parse
from predmon.commands.actuals.columns import ACTUAL, LABEL, LABELS, VALUE, normal
from predmon.commands.actuals.numbers import NumberColumn
from predmon.commands.actuals.rows import BadRowError

SEPARATOR = "|"
"""Between several labels in one field of a table."""
REJECTED = {
    "assignment_status": {"rejected": "the assignment was rejected (MTurk's AssignmentStatus)"},
    "answer": {
        "reject": "rejected by the annotator (Prodigy's `answer`): the label is wrong, and the right one is not told",
        "ignore": "ignored by the annotator (Prodigy's `answer`)",
    },
    "was_cancelled": {"true": "skipped by the annotator (Label Studio's `was_cancelled`)"},
}
KNOWN_STATUSES = {"answer": {"accept", "reject", "ignore"}}
TAKEN_APART = "an answer of several parts, such as marked words, which is no label"
NULL = re.compile(r"\\N|NULL|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|NV|WERT!|BEZUG!)")
"""Nothing in MySQL and PostgreSQL, and the errors of Excel, also the German ones."""
LABEL_KEYS = ("choices", "taxonomy", "labels", "label")


def refuse_status(column: str, value: Any) -> None:
    """Raise BadRowError if the row says of itself that it does not count."""
    reasons = REJECTED.get(normal(column), {})
    if reason := reasons.get(str(value).strip().lower()):
        raise BadRowError(reason)


def read_answer(cells: Mapping[str, Any], numbers: Mapping[str, NumberColumn]) -> dict[str, Any]:
    """Return `label`, `labels` or `value` of a row's cells, by the meaning of their columns. Raises BadRowError.

    `numbers` holds how each column of numbers is written.
    """
    found: dict[str, Any] = {}
    for meaning, cell in cells.items():
        if meaning == VALUE or (meaning == ACTUAL and ACTUAL in numbers):
            if not isinstance(cell, list):
                found[VALUE] = numbers[meaning].read(cell)
            else:
                found[VALUE] = [numbers[meaning].read(each) for each in cell]
        elif meaning == LABELS:
            found[LABELS] = _several(cell)
        else:
            said = _read_cell(cell)
            if isinstance(said, list) and len(said) != 1:
                found[LABELS] = said
            elif said := said[0] if isinstance(said, list) else said:
                found[LABEL] = said
    if not found:
        raise BadRowError("neither label nor value")
    if LABEL in found and LABELS in found:
        raise BadRowError("both a label and several labels")
    return found


def _several(cell: Any) -> list[str]:
    said = _read_cell(cell)
    if isinstance(said, list):
        return said
    return [label_of(each.strip()) for each in said.split(SEPARATOR) if each.strip()]


def _read_cell(cell: Any) -> str | list[str]:
    """Return the label of a cell, or the labels of one that holds a list."""
    if isinstance(cell, str):
        text = cell.strip()
        if is_null(text):
            raise BadRowError(f"“{text}” stands for nothing")
        if text[:1] in ("{", "["):
            return _read_structure(_parse(text))
        return label_of(text) if text and not is_missing(text) else ""
    if isinstance(cell, list | dict):
        return _read_structure(cell)
    if isinstance(cell, date | time):
        raise BadRowError(f"“{cell}” is a date of the spreadsheet, and no label")
    return label_of(cell)


def _parse(text: str) -> Any:
    try:
        return parse(text)
    except NotJsonError:
        pass
    if numpy := re.fullmatch(r"\[('[^']*'(?:\s+'[^']*')*)\]", text):
        return re.findall(r"'([^']*)'", numpy[1])
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise BadRowError(f"“{text[:40]}” is neither a label nor JSON") from None


def _read_structure(value: Any) -> str | list[str]:
    """Return the label or labels of an object or list, such as Label Studio's `{"choices": ["a", "b"]}`."""
    if isinstance(value, dict):
        key = next((key for key in LABEL_KEYS if key in value), None)
        if key is None or len(value) > 1:
            raise BadRowError(TAKEN_APART)
        inner = value[key]
        return _read_structure(inner) if isinstance(inner, list | dict) else label_of(inner)
    if isinstance(value, tuple | set | frozenset):
        value = sorted(value) if isinstance(value, set | frozenset) else list(value)
    if not isinstance(value, list):
        return label_of(value)
    if any(isinstance(each, dict | list | tuple | None.__class__) for each in value):
        raise BadRowError(TAKEN_APART)
    return [label_of(each) for each in value]


def is_empty(cell: Any) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_null(cell: Any) -> bool:
    """Return whether a cell holds how a database writes that there is nothing, or an error of a spreadsheet."""
    return isinstance(cell, str) and NULL.fullmatch(cell.strip()) is not None
