"""Rows on their way from a file to the domain, in a temporary database: so a file of any length needs little memory."""

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from predmon.commands.actuals.rows import ActualRow, RefusedRow

SCHEMA = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE rows (
        line INTEGER PRIMARY KEY, id TEXT, log_group TEXT, milliseconds INTEGER, actual TEXT, annotator TEXT
    );
    CREATE TABLE refused (line INTEGER, reason TEXT);
    CREATE TABLE left_out (line INTEGER PRIMARY KEY);
"""
IN_ONE_GO = 10_000
REPEATED = """
    SELECT rows.line, rows.id, rows.actual, rows.milliseconds, rows.log_group, rows.annotator
    FROM (SELECT id, log_group FROM rows GROUP BY id, log_group HAVING count(*) > 1) AS several
    JOIN rows USING (id, log_group) ORDER BY rows.id, rows.log_group, rows.line
"""
IN_ORDER = "SELECT line, id, actual, milliseconds, log_group, annotator FROM rows ORDER BY line"
Found = tuple[int, str, str, int, str, str]


class Staging:
    """The rows of a file: those to be stored, and those that are refused."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "rows.sqlite", isolation_level=None)
        self._database.executescript(SCHEMA)
        self.has_fractions = False
        """Whether a value has decimals. Then none of them is a label."""

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def fill(self, rows: Iterable[ActualRow | RefusedRow]) -> None:
        """Take in the rows of a file."""
        self._database.execute("BEGIN")
        while part := list(itertools.islice(rows, IN_ONE_GO)):
            taken = [row for row in part if isinstance(row, ActualRow)]
            self.has_fractions |= any(_has_fraction(row.actual.get("value")) for row in taken)
            self._database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", map(_make_row, taken))
            self.refuse(row for row in part if isinstance(row, RefusedRow))
        self._database.execute("COMMIT")
        self._database.execute("CREATE INDEX by_id ON rows (id, log_group)")

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        """Refuse rows that are not to be stored."""
        self._database.executemany("INSERT INTO refused VALUES (?, ?)", ((row.line, row.reason) for row in rows))

    def repeated(self) -> Iterator[list[ActualRow]]:
        """Yield the rows of each id that has several."""
        found = self._database.execute(REPEATED)
        for _, group in itertools.groupby(found, lambda each: (each[1], each[4])):
            yield [_row(each) for each in group]

    def leave_out(self, lines: Iterable[int]) -> None:
        """Do not store the rows of these lines. It counts from `settle` on."""
        self._database.executemany("INSERT INTO left_out VALUES (?)", ((line,) for line in lines))

    def settle(self) -> None:
        """Remove what was left out."""
        self._database.execute("DELETE FROM rows WHERE line IN (SELECT line FROM left_out)")

    def count(self) -> int:
        """Return how many rows are to be stored."""
        (number,) = self._database.execute("SELECT count(*) FROM rows").fetchone()
        return int(number)

    def batches(self, size: int) -> Iterator[list[ActualRow]]:
        """Yield the rows to be stored in the order of the file."""
        found = self._database.execute(IN_ORDER)
        while part := found.fetchmany(size):
            yield [_row(each) for each in part]

    def labels(self) -> Iterator[str]:
        """Yield each label that is to be stored, once for each way in which it occurs."""
        for (actual,) in self._database.execute("SELECT DISTINCT actual FROM rows"):
            told = json.loads(actual)
            yield from [told["label"]] if "label" in told else told.get("labels", ())

    def refused(self, most: int) -> list[RefusedRow]:
        """Return the first refused rows."""
        found = self._database.execute("SELECT line, reason FROM refused ORDER BY line LIMIT ?", (most,))
        return [RefusedRow(*each) for each in found]

    def count_refused(self) -> int:
        """Return how many rows are refused."""
        (number,) = self._database.execute("SELECT count(*) FROM refused").fetchone()
        return int(number)

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last time of the rows to be stored."""
        first, last = self._database.execute("SELECT min(milliseconds), max(milliseconds) FROM rows").fetchone()
        return None if first is None else (first, last)


def _has_fraction(value: Any) -> bool:
    numbers = value if isinstance(value, list) else [value]
    return any(isinstance(each, float) and not each.is_integer() for each in numbers)


def _make_row(row: ActualRow) -> Sequence[Any]:
    actual = json.dumps(row.actual, ensure_ascii=False)
    return row.line, row.prediction_id, row.log_group, row.milliseconds, actual, row.annotator


def _row(found: Found) -> ActualRow:
    line, identity, actual, milliseconds, log_group, annotator = found
    return ActualRow(line, identity, json.loads(actual), milliseconds, log_group, annotator)
