"""Read the sheet of an Excel workbook, row by row, with openpyxl."""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from predmon.commands.actuals.columns import ANSWERS, ID, NAMES, normal
from predmon.errors import UserError

WORKBOOKS = (".xlsx", ".xlsm")
ROWS_BEFORE = 20
"""Within so many rows a header is looked for."""
Rows = Callable[[], Iterator[tuple[int, dict[str, Any]]]]
ID_NAMES = {name for group in NAMES[ID] for name in group}
ANSWER_NAMES = {name for meaning in ANSWERS for group in NAMES[meaning] for name in group}


def read_workbook(kept: Path, path: Path, sheet: str | None) -> tuple[tuple[str, ...], Rows]:
    """Return the columns of a sheet, and what goes through its rows, each with its number.

    Without a name it is the sheet that has ids and answers. Raises UserError if it is no workbook, or if the sheet
    cannot be told.
    """
    headers = {name: header for name, (_, header) in _headers(kept, path).items()}
    if sheet is not None and sheet not in headers:
        raise UserError(f"{path} has no sheet “{sheet}”. Its sheets are: {', '.join(headers)}.")
    names = [sheet] if sheet else [name for name, header in headers.items() if _may_be_actuals(header)] or list(headers)
    if len(names) > 1:
        raise UserError(f"{path} has several sheets: {', '.join(names)}. Name one: --sheet '{names[0]}'")
    if not names:
        return (), lambda: iter(())
    columns = headers[names[0]]
    return tuple(each for each in columns if each), lambda: _rows(kept, path, names[0])


def _may_be_actuals(header: tuple[str, ...]) -> bool:
    found = {normal(name) for name in header}
    return bool(found & ID_NAMES and found & ANSWER_NAMES)


def _open(kept: Path, path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which say nothing of the cells
            return openpyxl.load_workbook(kept, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UserError(f"{path} is not read as a workbook of Excel ({error}). Save it as “CSV UTF-8”.") from error


def _headers(kept: Path, path: Path) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return, for each sheet that holds something, the number of its header and the names in it.

    The header is the first row, or a later one that has ids and answers: then titles stand above it."""
    book = _open(kept, path)
    found = {}
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(), 1):
            names = tuple("" if cell.value is None else str(cell.value).strip() for cell in row)
            is_header = _may_be_actuals(names)
            if is_header or (any(names) and sheet.title not in found):
                found[sheet.title] = (number, names)
            if is_header or (number >= ROWS_BEFORE and sheet.title in found):
                break
    book.close()
    return found


def _rows(kept: Path, path: Path, sheet: str) -> Iterator[tuple[int, dict[str, Any]]]:
    first, header = _headers(kept, path)[sheet]
    book = _open(kept, path)
    try:
        for number, row in enumerate(book[sheet].iter_rows(min_row=first + 1), first + 1):
            cells = {
                name: _value(cell) for name, cell in zip(header, row, strict=False) if name and cell.value is not None
            }
            if cells:
                yield number, cells
    finally:
        book.close()


def _value(cell: Any) -> Any:
    """Return what a cell holds, and a number that is shown with zeros in front as that text."""
    value = cell.value
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch(r"0{2,}", cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return value
