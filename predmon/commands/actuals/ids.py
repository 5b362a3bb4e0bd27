"""Ids of predictions as a file holds them, and what spreadsheets and other programs did to them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from predmon.commands.actuals.answers import is_null
from predmon.commands.actuals.rows import BadRowError

EXPONENT = re.compile(r"-?\d(?:[.,]\d+)?[eE][+-]?\d{2,3}")
POINT_ZERO = re.compile(r"(\d{1,15})\.0")
AS_DATE = re.compile(r"(?i)\d{1,2}[-. ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|[a-z]{3}[- ]\d{2}")
FORMULA = re.compile(r'="(.*)"')
EXACT_DIGITS = 15
"""Excel keeps so many digits of a number."""
MOST_DIGITS = 20
KEPT = 20
LOOKED_FOR = 1000
"""How many ids are looked for, to tell how the column is to be read."""
TEXT_FORMAT = "Give the column of the ids the format Text before the file is opened or filled, and export it again"


@dataclass
class IdColumn:
    """What the ids of a column show about what was done to them."""

    rows: int = 0
    with_point_zero: int = 0
    exponents: list[str] = field(default_factory=list)
    """Some ids that look like a number that a spreadsheet shortened."""
    sample: list[str] = field(default_factory=list)
    is_cut: bool = False
    """Whether `.0` is taken off."""

    def add(self, value: Any) -> None:
        """Look at one more id of the column."""
        said = written(value)
        if not said or is_null(said):
            return
        self.rows += 1
        if len(self.sample) < LOOKED_FOR:
            self.sample.append(said)
        self.with_point_zero += bool(POINT_ZERO.fullmatch(said))
        if EXPONENT.fullmatch(said) and len(self.exponents) < KEPT:
            self.exponents.append(said)

    @property
    def may_be_cut(self) -> bool:
        """Whether all ids are whole numbers with `.0`, as pandas writes them where one cell of the column is empty."""
        return 0 < self.rows == self.with_point_zero

    def read(self, value: Any) -> str:
        """Return the id of a cell. Raises BadRowError if there is none."""
        if isinstance(value, date | time):
            raise BadRowError(f"the id is a date, {value}. A spreadsheet changed it. {TEXT_FORMAT}")
        if isinstance(value, bool) or not isinstance(value, str | int | float) or not (said := written(value)):
            raise BadRowError("no prediction id")
        if is_null(said):
            raise BadRowError(f"no prediction id: “{said}” stands for nothing")
        return said.removesuffix(".0") if self.is_cut else said


def written(value: Any) -> str:
    """Return an id as a text. A number of JSON that is whole has no decimals, and a formula `="7"` is its text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**EXACT_DIGITS:
        return str(int(value))
    said = "" if value is None else str(value).strip()
    formula = FORMULA.fullmatch(said)
    return formula[1] if formula else said


def explain_exponents(exponents: Sequence[str]) -> str:
    """Return what to do where a spreadsheet shortened the ids."""
    return (
        f"A spreadsheet changed the ids: {', '.join(exponents[:2])} {'is' if len(exponents) == 1 else 'are'} shortened "
        f"numbers, and ids may have lost zeros in front. {TEXT_FORMAT}."
    )


def likely_originals(said: str) -> Iterator[tuple[str, str]]:
    """Yield what an unknown id may have been, each with what was done to it."""
    if said.isdigit():
        for length in range(len(said) + 1, MOST_DIGITS + 1):
            yield said.zfill(length), f"a spreadsheet took away the zeros in front. {TEXT_FORMAT}"
    if cut := POINT_ZERO.fullmatch(said):
        yield cut[1], "the id got “.0”, as pandas does with a column of numbers that has empty cells. Read it as text"
    if said.isdigit():
        yield f"{said}.0", "the predictions were logged with “.0”. Log the id as a text or a whole number"
    for each in (said.strip("'\"{}<> "), said.lower(), said.upper()):
        if each and each != said:
            yield each, "the id is written differently. Write it as it was logged"


def looks_changed(said: str) -> str | None:
    """Return what a spreadsheet seems to have done to an id that no prediction has."""
    if said.isdigit() and len(said) > EXACT_DIGITS and said.endswith("0"):
        return f"a spreadsheet keeps {EXACT_DIGITS} digits of a number, so the last ones became zeros. {TEXT_FORMAT}"
    if AS_DATE.fullmatch(said):
        return f"a spreadsheet may have turned it into a date. {TEXT_FORMAT}"
    return None
