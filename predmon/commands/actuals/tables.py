"""Open a file of actuals as rows that can be gone through more than once, without holding them in memory.

A row is a mapping of the column's name to what the cell holds, without the cells that hold nothing. Tables of text hold
texts; JSON and workbooks hold numbers, booleans and lists, too.
"""

import itertools
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambda_shipper.reading.parsing import NotJsonError, parse, parse_at
from predmon.commands.actuals.columns import is_known
from predmon.commands.actuals.exports import flat
from predmon.commands.actuals.workbooks import WORKBOOKS, read_workbook
from predmon.errors import UserError
from predmon.paths import quoted
from predmon.text_files import STANDARD_INPUT, Row, find_delimiter, open_text, stream_rows

Cells = Mapping[str, Any]
JSON_LINES = (".jsonl", ".ndjson")
COLUMNS_OF_JSON = 1000
"""How many rows of JSON are asked for their keys."""
CHUNK = 1 << 20
LINES_BEFORE = 20
"""Within so many lines a header is looked for."""


@dataclass(frozen=True)
class Table:
    """The rows of a file."""

    name: str
    columns: tuple[str, ...]
    unit: str
    """What the number of a row counts: a `line` of a text, a `row` of a sheet, an `item` of a list."""
    has_semicolons: bool
    rows: Callable[[], Iterator[tuple[int, dict[str, Any]]]]
    """Go through the rows from the first one on, each with its number."""


@contextmanager
def open_table(path: Path, names: tuple[str, ...], sheet: str | None) -> Iterator[Table]:
    """Open a table, JSON lines, a JSON list or a workbook. `names` are columns by which a separator is found.

    Raises UserError if it cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = path
        if path == STANDARD_INPUT:
            kept = Path(folder) / "standard input"
            with kept.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        yield _table(path, kept, names, sheet)


def _table(path: Path, kept: Path, names: tuple[str, ...], sheet: str | None) -> Table:
    name = "standard input" if path == STANDARD_INPUT else path.name
    with kept.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if is_zip and (path.suffix.lower() in WORKBOOKS or path == STANDARD_INPUT):
        columns, of_sheet = read_workbook(kept, path, sheet)
        return Table(name, columns, "row", False, of_sheet)
    with open_text(kept, path) as text:
        start = text.read(CHUNK)
    first = start.lstrip()[:1]
    if first == "{" or path.suffix.lower() in JSON_LINES:
        return _of_json(name, "line", lambda: _json_lines(kept, path))
    if first == "[":
        return _of_json(name, "item", lambda: _json_items(kept, path))
    delimiter, before = find_delimiter(path, start, names)

    def table_rows() -> Iterator[Row]:
        with open_text(kept, path) as file:
            yield from stream_rows(path, file, delimiter, before)

    header = next(table_rows(), None)
    columns = tuple(each.strip() for each in header.fields) if header else ()
    if sum(map(is_known, columns)) < 2:
        _refuse_lines_before(path, start, delimiter)
    _refuse_twice(path, columns)

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        for row in itertools.islice(table_rows(), 1, None):
            yield row.line, {column: cell for column, cell in zip(columns, row.fields, strict=False) if column and cell}

    return Table(name, columns, "line", delimiter == ";", rows)


def _refuse_lines_before(path: Path, start: str, delimiter: str) -> None:
    """Refuse a table with a title or comments before its header."""
    for number, line in enumerate(start.splitlines()[1:LINES_BEFORE], 2):
        if sum(is_known(each.strip(' "')) for each in line.split(delimiter)) > 1:
            raise UserError(
                f"{path}: line {number} seems to be the header. Remove the lines before it:\n"
                f"tail -n +{number} {quoted(path)} > {quoted(path.with_stem(f'{path.stem}.table'))}"
            )


def _refuse_twice(path: Path, columns: tuple[str, ...]) -> None:
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise UserError(f"{path} has the column `{twice[0]}` more than once. Rename or remove one of them.")


def _of_json(name: str, unit: str, rows: Callable[[], Iterator[tuple[int, dict[str, Any]]]]) -> Table:
    columns: dict[str, None] = {}
    for _, row in itertools.islice(rows(), COLUMNS_OF_JSON):
        columns |= dict.fromkeys(row)
    return Table(name, tuple(columns), unit, False, rows)


def _json_lines(kept: Path, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with open_text(kept, path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = parse(line)
            except NotJsonError as error:
                raise UserError(f"{path}, line {number}: not JSON ({error}). Write one object in each line.") from error
            yield number, _row(path, f"line {number}", value)


def _json_items(kept: Path, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a JSON list, and hold no more than a part of the text."""
    with open_text(kept, path) as file:
        buffer, at, number = file.read(CHUNK).lstrip(), 1, 0
        while True:
            while buffer[at : at + 1].isspace() or buffer[at : at + 1] == ",":
                at += 1
            if buffer[at : at + 1] == "]":
                return
            try:
                value, at = parse_at(buffer, at)
            except NotJsonError as error:
                more = file.read(CHUNK)
                if not more:
                    raise UserError(f"{path}, item {number + 1}: not JSON ({error}).") from error
                buffer, at = buffer[at:] + more, 0
                continue
            number += 1
            yield number, _row(path, f"item {number}", value)


def _row(path: Path, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{path}, {where}: not an object. Write one object in each line.")
    return flat(value)
