"""Sentences from a file that a person has: one a line of text, or one a row of CSV."""

import csv
import shlex
import sys
from pathlib import Path

import click

from predmon.errors import LocalError

COLUMNS = ("sentence", "text")


column_option = click.option("--column", help="Which column of a CSV holds the sentences.")


def some_sentences(path: Path, column: str | None) -> list[str]:
    """As `read_sentences`, and raises LocalError where there is none."""
    if sentences := read_sentences(path, column):
        return sentences
    raise LocalError(f"{path} holds no sentences: write one a line, or a CSV with a column `sentence`.")


def read_sentences(path: Path, column: str | None = None) -> list[str]:
    """Return the sentences of `path` in order; blank ones are left out.

    A `.csv` or `.tsv` is read by its header: `column`, else `sentence` or `text`, whatever their case. One column
    without such a header is all sentences. Anything else is text with a sentence a line. UTF-8 throughout. Raises
    LocalError when the file is not that, or has several columns and none of these.
    """
    try:
        if path.suffix.lower() not in (".csv", ".tsv"):
            return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        # A field may be as long as a log event.
        csv.field_size_limit(sys.maxsize)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    except UnicodeDecodeError as error:
        raise LocalError(f"{path} is not UTF-8 text (byte {error.start}). Convert it: iconv -t utf-8") from error
    except csv.Error as error:
        raise LocalError(f"{path} is not CSV: {error}") from error
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    lowered, wanted = [name.lower() for name in header], (column.lower(),) if column else COLUMNS
    at = next((lowered.index(name) for name in wanted if name in lowered), None)
    if at is None and (column or len(header) > 1):
        names = " or ".join(f"`{name}`" for name in ([column] if column else COLUMNS))
        example = shlex.quote(header[-1])
        raise LocalError(f"{path} has no column {names}, but: {', '.join(header)}. Name one: --column {example}")
    data = rows if at is None else rows[1:]
    return [row[at or 0] for row in data if len(row) > (at or 0) and row[at or 0].strip()]
