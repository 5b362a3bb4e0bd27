"""Read actuals from a file: a table with a header, or JSON lines. Each row is taken, or refused with the reason."""

import json
import math
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.labels import shortened
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.parsing import NotJsonError, parse
from lambda_shipper.reading.shapes import holds_something, shape
from predmon.errors import UserError
from predmon.text_files import STANDARD_INPUT, read_numbered_rows, read_text

IDS = ("prediction_id", "id", "prediction.id")
ANSWERS = ("label", "labels", "value")
NAMES = {"actual": "label", "actual.label": "label", "actual.labels": "labels", "actual.value": "value"}
"""Other names of the columns."""
COLUMNS = (*IDS, *ANSWERS, *NAMES, "time", "log_group")
JSON_LINES = (".jsonl", ".ndjson")
WANTED = "a header with `prediction_id`, and `label`, `labels` or `value`"
DECIMAL_COMMA = re.compile(r"\s*([+-]?\d+),(\d+)\s*")
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp() * 1000
"""In milliseconds. The version of an actual holds its time, and times after 2248 do not fit."""
LABEL_SEPARATOR = "|"
"""Between several labels in one field of a table."""


@dataclass(frozen=True)
class ActualRow:
    """An actual that can be stored, and the line of the file that it is from."""

    line: int
    prediction_id: str
    actual: dict[str, Any]
    milliseconds: int
    log_group: str


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be an actual."""

    line: int
    reason: str


class BadRowError(ValueError):
    """A row is no actual. The message says why."""


def read_actuals(path: Path, *, default_time: datetime) -> tuple[list[ActualRow], list[RefusedRow]]:
    """Return the actuals of a file in order, and the rows that are none.

    A row without a time has `default_time`. Of two rows that say different things for one prediction and time, the
    second is refused.

    `-` is standard input. A text that begins with `{` is JSON lines, whatever the file is called.

    Raises UserError if the file cannot be read, if it has not the columns that an actual needs, or if it has no rows.
    """
    text = read_text(path)
    is_json = path.suffix.lower() in JSON_LINES or text.lstrip().startswith("{")
    if not is_json and text.lstrip().startswith("["):
        file = "actuals.json" if path == STANDARD_INPUT else shlex.quote(str(path))
        raise UserError(
            f"{path} is a JSON list. Write an object in each line instead:\njq -c '.[]' {file} > actuals.jsonl"
        )
    rows = _of_json_lines(path, text) if is_json else _of_table(path, text)
    taken: list[ActualRow] = []
    refused: list[RefusedRow] = []
    seen: dict[tuple[str, str, int], ActualRow] = {}
    for line, fields in rows:
        try:
            row = _row(line, fields, default_time)
            key = (row.prediction_id, row.log_group, row.milliseconds)
            first = seen.setdefault(key, row)
            if first.actual != row.actual:
                raise BadRowError(f"line {first.line} says something else for this id and time")
        except BadRowError as error:
            refused.append(RefusedRow(line, str(error)))
        else:
            if first is row:
                taken.append(row)
    if not seen and not refused:
        raise UserError(f"{path} holds no rows, so there is nothing to store.")
    return taken, refused


def _of_table(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = read_numbered_rows(path, text, COLUMNS)
    header = [NAMES.get(name.strip().lower(), name.strip().lower()) for name in rows[0].fields] if rows else []
    if not set(IDS) & set(header) or not set(ANSWERS) & set(header):
        found = f"Its columns are: {', '.join(header)}." if header else "It is empty."
        raise UserError(f"{path} needs {WANTED}. {found}")
    for row in rows[1:]:
        given = zip(header, (field.strip() for field in row.fields), strict=False)
        fields: dict[str, Any] = {name: value for name, value in given if value}
        if "labels" in fields:
            labels = (each.strip() for each in fields["labels"].split(LABEL_SEPARATOR))
            fields["labels"] = [each for each in labels if each]
        yield row.line, fields


def _of_json_lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = parse(line)
        except NotJsonError as error:
            raise UserError(f"{path}, line {number}: not JSON ({error}). Write one object in each line.") from error
        if not isinstance(value, dict):
            raise UserError(f"{path}, line {number}: not an object. Write one object in each line.")
        yield number, _flat(value)


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of JSON lines as a row of a table: `prediction.id` and what is under `actual` come to the top."""
    fields = {NAMES.get(name, name): each for name, each in value.items() if each is not None}
    prediction, actual = value.get("prediction"), value.get("actual")
    if isinstance(prediction, dict) and prediction.get("id") is not None:
        fields["prediction_id"] = prediction["id"]
    if isinstance(actual, dict):
        fields.pop("label", None)
        fields |= actual
    return fields


def _row(line: int, fields: Mapping[str, Any], default_time: datetime) -> ActualRow:
    identity = next((fields[name] for name in IDS if fields.get(name) is not None), None)
    if isinstance(identity, bool) or not isinstance(identity, str | int) or not str(identity).strip():
        raise BadRowError("no prediction id")
    try:
        told, _ = shape({name: fields[name] for name in ANSWERS if fields.get(name) is not None})
    except UnknownShapeError as error:
        raise BadRowError(str(error)) from error
    actual = {name: told[name] for name in ANSWERS if told.get(name) is not None}
    if "value" in fields and "value" not in actual:
        raise BadRowError(f"the value {_no_number(fields['value'])}")
    if not holds_something(actual):
        raise BadRowError("neither label nor value")
    group = fields.get("log_group", "")
    moment = _milliseconds(fields["time"]) if "time" in fields else round(default_time.timestamp() * 1000)
    return ActualRow(line, shortened(str(identity)), actual, moment, group if isinstance(group, str) else "")


def _no_number(value: Any) -> str:
    said = f"{json.dumps(value, ensure_ascii=False)[:40]} is no number"
    if isinstance(value, str) and (parts := DECIMAL_COMMA.fullmatch(value)):
        return f"{said}; with a point: {parts[1]}.{parts[2]}"
    return said


def _milliseconds(value: Any) -> int:
    """Return a time as milliseconds: ISO 8601 (UTC unless it says otherwise), or seconds or milliseconds since 1970."""
    said = f"the time {str(value)[:40]!r}"
    try:
        number = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = 0.0
    if math.isfinite(number) and number > 0:
        milliseconds = number if number > 1e11 else number * 1000
    else:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise BadRowError(f"{said} is neither ISO 8601 nor seconds since 1970") from None
        milliseconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    if not 0 <= milliseconds < LATEST:
        raise BadRowError(f"{said} is not between 1970 and 2200")
    return round(milliseconds)
