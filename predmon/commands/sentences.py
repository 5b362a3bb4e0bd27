"""Read sentences from a file: one in each line of a text, or one in each row of a CSV."""

import csv
import shlex
import sys
from pathlib import Path

import click

from predmon.errors import UserError

COLUMNS = ("sentence", "text")


column_option = click.option("--column", help="Which column of a CSV holds the sentences.")


def require_sentences(path: Path, column: str | None) -> list[str]:
    """Return the sentences as `read_sentences` does. Raises UserError if there are none."""
    if sentences := read_sentences(path, column):
        return sentences
    raise UserError(f"{path} holds no sentences. Write one in each line, or a CSV with a column `sentence`.")


def read_sentences(path: Path, column: str | None = None) -> list[str]:
    """Return the sentences of `path` in order, without the blank ones. The file is UTF-8.

    In a `.csv` or `.tsv`, the header names the column: `column`, else `sentence` or `text`, in any case. If there is
    only one column and no such header, every row is a sentence. Any other file is text with one sentence in each line.

    Raises UserError if the file is not UTF-8 or not CSV, or if it has several columns and none of these names.
    """
    try:
        if path.suffix.lower() not in (".csv", ".tsv"):
            return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        # A field may be as long as a log event.
        csv.field_size_limit(sys.maxsize)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text (byte {error.start}). Convert it: iconv -t utf-8") from error
    except csv.Error as error:
        raise UserError(f"{path} is not a valid CSV file: {error}") from error
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    index = _find_column(header, (column.lower(),) if column else COLUMNS)
    if index is None and (column or len(header) > 1):
        names = " or ".join(f"`{name}`" for name in ([column] if column else COLUMNS))
        example = shlex.quote(header[-1])
        raise UserError(
            f"{path} has no column {names}. Its columns are: {', '.join(header)}. Name one: --column {example}"
        )
    data = rows if index is None else rows[1:]
    return [row[index or 0] for row in data if len(row) > (index or 0) and row[index or 0].strip()]


def _find_column(header: list[str], names: tuple[str, ...]) -> int | None:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), None)
