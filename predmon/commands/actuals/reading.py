"""Read a file of actuals in two passes: first how each column is written, then each row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from contracts.labels import shortened
from predmon.commands.actuals.answers import KNOWN_STATUSES, is_empty, is_null, read_answer, refuse_status
from predmon.commands.actuals.columns import (
    ACTUAL,
    ANNOTATOR,
    ID,
    LABEL,
    LABELS,
    LOG_GROUP,
    STATUS,
    TIME,
    VALUE,
    Columns,
)
from predmon.commands.actuals.ids import IdColumn
from predmon.commands.actuals.numbers import NumberColumn
from predmon.commands.actuals.rows import ActualRow, BadRowError, ColumnError, RefusedRow
from predmon.commands.actuals.tables import Table
from predmon.commands.actuals.times import TimeColumn
from predmon.errors import UserError


@dataclass(frozen=True)
class Notation:
    """What a person says about the way the file is written."""

    date_order: str | None = None
    zone: tzinfo = UTC
    decimal: str | None = None


@dataclass
class Reading:
    """How the columns of a file are read."""

    table: Table
    columns: Columns
    now: datetime
    ids: IdColumn
    times: TimeColumn
    numbers: dict[str, NumberColumn] = field(default_factory=dict)
    rows: int = 0

    def read(self) -> Iterator[ActualRow | RefusedRow]:
        """Yield each row, read or refused. A row without a time is of the moment at which it is sent."""
        for number, cells in self.table.rows():
            try:
                yield self._row(number, cells)
            except BadRowError as error:
                yield RefusedRow(number, str(error))

    def _row(self, number: int, cells: Mapping[str, Any]) -> ActualRow:
        column = self.columns.get
        identity = self.ids.read(cells.get(column(ID)))
        if STATUS in self.columns.used:
            refuse_status(column(STATUS), cells.get(column(STATUS)))
        answers = {
            meaning: cells[name] for meaning, name in self.columns.answers.items() if not is_empty(cells.get(name))
        }
        if not answers and set(self.columns.answers) == {LABELS}:
            answers = {LABELS: []}  # an empty set of labels is a truth
        actual = read_answer(answers, self.numbers)
        time = cells.get(column(TIME)) if column(TIME) else None
        if column(TIME) and (is_empty(time) or is_null(time)):
            raise BadRowError(f"no time in the column `{column(TIME)}`")
        group = cells.get(column(LOG_GROUP))
        annotator = cells.get(column(ANNOTATOR))
        return ActualRow(
            number,
            shortened(identity),
            actual,
            round(self.now.timestamp() * 1000) if time is None else self.times.read(time, self.now),
            group.strip() if isinstance(group, str) else "",
            "" if annotator is None else str(annotator).strip(),
        )


def survey(table: Table, columns: Columns, notation: Notation, now: datetime) -> Reading:
    """Go through a file once, and return how its columns are read.

    Raises UserError if a column cannot be read for certain, and if the file has no rows.
    """
    column = columns.get
    numbers = {
        meaning: NumberColumn(notation.decimal, column(meaning), table.has_semicolons)
        for meaning in (VALUE, ACTUAL)
        if column(meaning)
    }
    reading = Reading(
        table, columns, now, IdColumn(), TimeColumn(notation.date_order, notation.zone, column(TIME)), numbers
    )
    foreign = ""
    known = KNOWN_STATUSES.get(column(STATUS).lower())
    for number, cells in table.rows():
        reading.rows += 1
        reading.ids.add(cells.get(column(ID)))
        if column(TIME) and not is_empty(time := cells.get(column(TIME))):
            reading.times.add(number, time)
        for meaning, each in numbers.items():
            cell = cells.get(column(meaning))
            for one in cell if isinstance(cell, list) else [cell]:
                each.add(number, one)
        if known and str(cells.get(column(STATUS))).strip().lower() not in known:
            foreign = foreign or str(cells.get(column(STATUS)))
    if not reading.rows:
        raise UserError(f"{table.name} holds no rows, so there is nothing to store.")
    if foreign:
        raise UserError(
            f"{table.name}: the column `{column(STATUS)}` holds “{foreign[:24]}”, which no answer of Prodigy's. "
            f"If it holds the labels, add --column {LABEL}={column(STATUS)}"
        )
    if ACTUAL in numbers and not numbers[ACTUAL].is_numeric:
        del numbers[ACTUAL]
    try:
        reading.times.settle()
        for each in numbers.values():
            each.settle()
    except ColumnError as error:
        raise UserError(f"{table.name}: {error}") from error
    return reading
