"""Read the text of a file, and split it into lines or into the rows of a table."""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from predmon.errors import UserError
from predmon.paths import quoted

STANDARD_INPUT = Path("-")
DELIMITERS = (",", ";", "\t", "|")
"""The separators of tables that people have, the usual one first."""
LINE_BREAK = re.compile("\r\n|\n|\r")
"""What ends a line. Form feeds, U+0085, U+2028 and their like are text, although `str.splitlines` splits at them."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""First bytes → the encoding they stand for. UTF-32 comes first: its mark begins with that of UTF-16."""
KINDS = {
    b"PK\x03\x04": "a workbook of Excel or another ZIP archive. Save the sheet as “CSV UTF-8”",
    b"<?xml": "an XML file, such as CVAT exports. Write its columns into a CSV",
    b"\x93NUMPY": "a NumPy array, such as Snorkel's label matrix. Write it into a CSV, beside the ids",
    b"\xd0\xcf\x11\xe0": "a document of an old Office. Save it as “CSV UTF-8”",
    b"\x1f\x8b": "compressed. Unpack it: gunzip -k {file}",
    b"PAR1": "a Parquet file. Write its columns into a CSV",
    b"%PDF": "a PDF. Save its text into a file with one sentence in each line",
    b"SQLite format 3\x00": "a database. Write its columns into a CSV",
}
"""First bytes of files that are no text → what such a file is, and what to do."""
LONGEST_KIND = max(map(len, KINDS))
SNIFFED_ROWS = 50


def read_text(path: Path) -> str:
    """Return the text of `path`, or of standard input for `-`. The text is UTF-8, or begins with a byte order mark.

    Raises UserError for any other encoding, with the command that converts the file, and for a file that is no text.
    """
    content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    try:
        text = content.decode(_find_encoding(path, content))
    except UnicodeDecodeError as error:
        raise UserError(_explain_encoding(path, content, error)) from error
    if "\0" in text:
        raise UserError(_explain_zeros(path, content))
    return text


@contextmanager
def open_text(kept: Path, path: Path) -> Iterator[TextIO]:
    """Open the text of `path`, whose content is in the file `kept`, to be read a part at a time.

    Raises UserError as `read_text` does, also while the text is read.
    """
    with kept.open("rb") as file:
        encoding = _find_encoding(path, file.read(LONGEST_KIND))
    try:
        with kept.open(encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError:
        content = kept.read_bytes()
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:  # with the place in the whole file
            raise UserError(_explain_encoding(path, content, error)) from error
        raise


def _find_encoding(path: Path, content: bytes) -> str:
    """Return the encoding that the first bytes of a file show. Raises UserError if they show that it is no text."""
    for start, kind in KINDS.items():
        if content.startswith(start):
            raise UserError(f"{quoted(path)} is {kind.format(file=quoted(path))}.")
    return next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")


def _explain_encoding(path: Path, content: bytes, error: UnicodeDecodeError) -> str:
    if error.encoding == "utf-8" and b"\0" in content:
        return _explain_zeros(path, content)
    line = content.count(b"\n", 0, error.start) + 1
    where = f"{quoted(path)} is not UTF-8 text (line {line}, byte {error.start})."
    if error.encoding != "utf-8":
        return f"{where} Save it as UTF-8."
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return f"{where} Save it as UTF-8. To see what it is: file {quoted(path)}"
    return f"{where} If a program on Windows wrote it, convert it:\n{_conversion(path, 'WINDOWS-1252')}"


def _explain_zeros(path: Path, content: bytes) -> str:
    zeros_at = {index % 2 for index, byte in enumerate(content[:1000]) if not byte}
    if len(zeros_at) == 1:
        encoding = "UTF-16LE" if zeros_at == {1} else "UTF-16BE"
        kind = f"{encoding} without a byte order mark"
        return f"{quoted(path)} seems to be {kind}. Convert it:\n{_conversion(path, encoding)}"
    return f"{quoted(path)} holds zero bytes, so it is no text. Give a text, CSV or JSON lines file."


def _conversion(path: Path, encoding: str) -> str:
    """Return the command that writes the file again as UTF-8."""
    convert = f"iconv -f {encoding} -t UTF-8"
    if path == STANDARD_INPUT:
        return f"… | {convert} | predmon …"
    return f"{convert} {quoted(path)} > {quoted(path.with_suffix(f'.utf8{path.suffix}'))}"


def split_lines(text: str) -> list[str]:
    """Return the lines of a text without the blank ones."""
    return [line for line in LINE_BREAK.split(text) if line.strip()]


@dataclass(frozen=True)
class Row:
    """A row of a table, and the line of the file on which it begins."""

    line: int
    fields: list[str]


def read_rows(path: Path, text: str, names: Sequence[str]) -> list[list[str]]:
    """Return the rows of a table without their lines, see `read_numbered_rows`."""
    return [row.fields for row in read_numbered_rows(path, text, names)]


def read_numbered_rows(path: Path, text: str, names: Sequence[str]) -> list[Row]:
    """Return the rows of a table, the header first. Blank lines are left out.

    The separator is the one that a line `sep=` names, else the one with which the header has one of `names`, else the
    one with which all rows have equally many fields.

    Raises UserError if it is not a table, or if a row has more fields than the header.
    """
    delimiter, before = find_delimiter(path, text, names)
    return list(stream_rows(path, io.StringIO(text, newline=""), delimiter, before))


def find_delimiter(path: Path, text: str, names: Sequence[str]) -> tuple[str, int]:
    """Return what separates the fields of a table, and how many lines come before its header.

    `text` is the table or its beginning. See `read_numbered_rows`.
    """
    if named := re.match(r'"?sep=(.)"?(?:\r\n|\n|\r)', text):
        return named[1], 1
    return _find_delimiter(text, names, "\t" if path.suffix.lower() == ".tsv" else ","), 0


def stream_rows(path: Path, file: TextIO, delimiter: str, before: int) -> Iterator[Row]:
    """Yield the rows of a table as `read_numbered_rows` returns them, without holding them."""
    for _ in range(before):
        file.readline()
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    # A field may be as long as a log event.
    csv.field_size_limit(sys.maxsize)
    width, first = 0, before + 1
    try:
        for row in reader:
            if width and any(field.strip() for field in row[width:]):
                raise UserError(
                    f"{quoted(path)}, line {first}: the row has {len(row)} fields, but the first row has {width}. "
                    f"Put fields that hold {_name(delimiter)} in double quotes."
                )
            if any(field.strip() for field in row):
                width = width or len(row)
                yield Row(first, row)
            first = before + reader.line_num + 1
    except csv.Error as error:
        place = f"{quoted(path)} is not a valid CSV file (line {before + reader.line_num}): {error}."
        raise UserError(f"{place} In a quoted field, a quote is written twice.") from error


def _find_delimiter(text: str, names: Sequence[str], default: str) -> str:
    candidates = sorted(DELIMITERS, key=lambda each: each != default)
    samples = {each: _sample(text, each) for each in candidates}
    for delimiter, rows in samples.items():
        if rows and {field.strip().lower() for field in rows[0]} & set(names):
            return delimiter
    even = [each for each, rows in samples.items() if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1]
    return max(even, key=lambda each: len(samples[each][0]), default=default)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    """Return the first rows as this delimiter makes them."""
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                rows.append(row)
            if len(rows) == SNIFFED_ROWS:
                break
    except csv.Error:
        return []
    return rows


def _name(delimiter: str) -> str:
    return {"\t": "a tab", ",": "a comma", ";": "a semicolon"}.get(delimiter, f"a `{delimiter}`")
