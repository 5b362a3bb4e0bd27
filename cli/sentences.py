"""Sentences from a file that a person has: one a line of text, or one a row of CSV."""

import csv
import sys
from pathlib import Path

from local.errors import LocalError

COLUMNS = ("sentence", "text")


def read_sentences(path: Path) -> list[str]:
    """Return the sentences of `path` in order; blank ones are left out.

    A `.csv` or `.tsv` is read by its header: the column `sentence` or `text`, else the first one, which is then data
    from its first row on. Anything else is text with a sentence a line. UTF-8 throughout. Raises LocalError when the
    file is not that.
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
    header = [name.strip().lower() for name in rows[0]] if rows else []
    column = next((header.index(name) for name in COLUMNS if name in header), None)
    data = rows if column is None else rows[1:]
    return [row[column or 0] for row in data if len(row) > (column or 0) and row[column or 0].strip()]
