"""Read the numbers of a column. The whole column is read one way, and what can be read two ways is refused."""

import math
import re
from dataclasses import dataclass, field
from typing import Any

from predmon.commands.actuals.rows import BadRowError, ColumnError

MARKS = (".", ",")
"""What may stand before the decimals."""
CURRENCY = re.compile(r"^([$€£¥₹]|(?:USD|EUR|GBP|CHF|JPY)\s)|([$€£¥₹]|\s(?:USD|EUR|GBP|CHF|JPY))$")
SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f ]")
NOTHING = {"", "-", "–", "—", "n/a", "na", "#n/a", "nan", "null", "none", "."}
ADVICE = "Write all numbers as 1234.56, without anything else in the cell"


@dataclass
class NumberColumn:
    """What the numbers of a column show about the way they are written."""

    decimal: str | None = None
    """`.` or `,`, where a person says so."""
    name: str = "value"
    has_semicolons: bool = False
    """Whether the fields of the file are separated by semicolons, as where a comma stands before the decimals."""
    telling: dict[str, str] = field(default_factory=dict)
    """For each mark a number that can only be read with it, with its line."""
    either: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    """For each mark between thousands a number that has it."""
    kinds: dict[str, str] = field(default_factory=dict)
    """`%`, a currency, or an empty text for neither → a number of this kind."""
    has_fractions: bool = False
    is_numeric: bool = True
    """Whether every cell that holds something is a number in some way of writing."""

    def add(self, line: int, value: Any) -> None:
        """Look at one more number of the column."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.has_fractions |= isinstance(value, float) and not value.is_integer()
            return
        if not isinstance(value, str):
            self.is_numeric = False
            return
        if is_nothing(value):
            return
        kind, body, _ = _take_apart(value)
        found = {mark: number for mark in MARKS if (number := _number(body, mark)) is not None}
        where = f"line {line}: “{value.strip()[:24]}”"
        if not found:
            self.is_numeric = False
            return
        self.kinds.setdefault(kind, where)
        self.has_fractions |= any(not each.is_integer() for each in found.values())
        if len(found) == 1:
            mark = next(iter(found))
            self.telling.setdefault(mark, where)
        elif found["."] != found[","]:
            self.either.setdefault("." if "." in body else ",", where)
        for mark in _groups(body, found):
            self.groups.setdefault(mark, where)

    def settle(self) -> None:
        """Decide what stands before the decimals. Raises ColumnError if a person has to say it."""
        said = f"the numbers of the column `{self.name}`"
        for ways in (self.telling, self.groups, self.kinds):
            if len(ways) > 1:
                raise ColumnError(f"{said} are written in several ways ({', '.join(ways.values())}). {ADVICE}.")
        if self.decimal is None and not self.telling and (self.either.get(",") or self._may_be_thousands()):
            where = " and ".join(self.either.values())
            raise ColumnError(
                f"{said} can be read as thousands or as decimals ({where}). To say what stands before the decimals, "
                "add --decimal . or --decimal ,"
            )
        self.decimal = self.decimal or next(iter(self.telling), ".")

    def _may_be_thousands(self) -> bool:
        return self.has_semicolons and bool(self.either)

    def read(self, value: Any) -> float | int:
        """Return the number of a cell. Raises BadRowError for anything else."""
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return value
        if isinstance(value, str):
            kind, body, sign = _take_apart(value)
            number = _number(body, self.decimal or ".")
            if number is not None:
                number = sign * (number / 100 if kind == "%" else number)
                return int(number) if number.is_integer() and abs(number) < 2**53 and "." not in body else number
        raise BadRowError(f"the value {_show(value)} is no number. {ADVICE}")


def is_nothing(value: Any) -> bool:
    """Return whether a cell holds nothing, or only a sign for nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in NOTHING)


def _take_apart(value: str) -> tuple[str, str, int]:
    """Return the kind of a number (`%`, its currency or nothing), its digits with their marks, and its sign."""
    text, sign, kind = SPACES.sub(" ", value.strip()).replace("−", "-"), 1, ""
    if text.startswith("(") and text.endswith(")"):
        text, sign = text[1:-1].strip(), -1
    if text[:1] in ("-", "+"):
        sign, text = (-sign if text[0] == "-" else sign), text[1:].lstrip()
    if text.endswith("%"):
        kind, text = "%", text[:-1].rstrip()
    elif found := CURRENCY.search(text):
        kind, text = found[0].strip(), CURRENCY.sub("", text).strip()
        if text[:1] == "-":
            sign, text = -sign, text[1:].lstrip()
    return kind, text, sign


def _number(body: str, decimal: str) -> float | None:
    """Return the number that these digits are with `decimal` before the decimals; None for anything else."""
    if not body.isascii() and "’" not in body:
        return None
    point = re.escape(decimal)
    group = rf"(?P<group>[{'.' if decimal == ',' else ','}' ’])"
    whole = rf"\d+|[1-9]\d{{0,2}}{group}\d{{3}}(?:(?P=group)\d{{3}})*"
    if decimal == ".":
        whole += r"|[1-9]\d?(?:,\d{2})+,\d{3}"  # as India groups
    if not re.fullmatch(rf"(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?", body):
        return None
    number = float(re.sub(rf"[^\d{point}eE+-]", "", body).replace(decimal, "."))
    return number if math.isfinite(number) else None


def _groups(body: str, found: dict[str, float]) -> set[str]:
    """Return what stands between the thousands for certain."""
    marks = {each for each in body if each in "' ’"}
    if len(found) == 1:
        marks |= {each for each in body if each in MARKS} - set(found)
    return marks


def _show(value: Any) -> str:
    text = value if isinstance(value, str) else str(value).lower()
    return f"“{text[:40]}”"
