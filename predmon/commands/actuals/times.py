"""Read the times of a column. The whole column is read one way, and what can be read two ways is refused.

A time without a zone is in the zone that the caller names. Numbers are told apart by their size: days of Excel, digits
of a date, and seconds, milliseconds, microseconds or nanoseconds since 1970 do not overlap between 2000 and 2100.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from predmon.commands.actuals.rows import BadRowError, ColumnError

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""A clock may be ahead by so much before a time counts as one in the future."""
EXCEL_EPOCH = datetime(1899, 12, 30)
ORDERS = ("dmy", "mdy", "ymd")
UNITS = {1: 1_000_000, 1_000: 1_000, 1_000_000: 1, 1_000_000_000: 0.001}
"""How many of a unit are in a second → how many microseconds one of it has."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED_ZONES = {"z": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
NAMED_ZONES |= {"pst": -8, "pdt": -7}
"""The names of zones that RFC 2822 knows, in hours."""

DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
YEAR, DAY = r"(?P<year>\d{4})", r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
)
ZONE = r"(?P<zone>z|(?:utc|gmt)?\s*[+-]\d{2}:?(?:\d{2})?(?::?00)?|utc|gmt|[ecmp][sd]t)?(?:\s*[\[(][^\])]*[\])])?"
REST = rf"(?:(?:\s*t\s*|,?\s+){CLOCK}\s*{ZONE})?"
FORMATS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{YEAR}(?P<mark>[-/.])(?P<number>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){REST}",
        rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second_number>\d{{1,2}})(?P=mark)(?P<third>\d{{4}}|\d{{2}}){REST}",
        rf"{YEAR}(?P<number>\d{{2}})(?P<day>\d{{2}}){REST}",
        rf"{YEAR}(?P<number>\d{{2}})(?P<day>\d{{2}})\s*T?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?\s*{ZONE}",
        rf"{DAY_NAME}{DAY}[-\s]+{MONTH}[-,\s]+{YEAR}{REST}",
        rf"{DAY_NAME}{MONTH}\s+{DAY},?\s+{YEAR}{REST}",
        rf"{DAY_NAME}{MONTH}\s+{DAY}\s+{CLOCK}\s*{ZONE}\s+{YEAR}",
    )
]
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
ONLY_CLOCK = re.compile(r"\d{1,3}:\d{2}(?:[:.,]\d+)*(?:\s*[ap]m)?", re.IGNORECASE)


@dataclass
class TimeColumn:
    """What the times of a column show about the way they are written."""

    order: str | None = None
    """`dmy`, `mdy` or `ymd`, where a person says so."""
    zone: tzinfo = UTC
    name: str = "time"
    day_first: str = ""
    """A date that can only be day first, with its line."""
    month_first: str = ""
    either: str = ""
    short_year: str = ""
    day_number: str = ""
    text: str = ""
    """A date as a text that a spreadsheet could have turned into a day number."""
    is_zoneless: bool = False
    found: str = "dmy"
    """The order of day and month that the dates themselves show. With points between them, the day is first."""

    def add(self, line: int, value: Any) -> None:
        """Look at one more time of the column."""
        said = str(value).strip()
        parts = _parts(said)
        if parts is None:
            if _is_day_number(said):
                self.day_number = self.day_number or f"line {line}: {said}"
                self.is_zoneless = True
            return
        self.is_zoneless |= not parts["zone"]
        if parts.get("first") is None:
            return
        where = f"line {line}: {said}"
        self.text = self.text or where
        first, second = int(parts["first"] or 0), int(parts["second_number"] or 0)
        if len(parts["third"] or "") == 2:
            self.short_year = self.short_year or where
        elif parts["mark"] != ".":
            if first > 12:
                self.day_first = self.day_first or where
            elif second > 12:
                self.month_first = self.month_first or where
            elif first != second:
                self.either = self.either or where

    def settle(self) -> None:
        """Decide on the order of day and month. Raises ColumnError if a person has to say it."""
        option = "To say what it is, add --date-order dmy (day first) or --date-order mdy (month first)."
        if self.order is None and self.short_year:
            raise ColumnError(
                f"the column `{self.name}` has years of two digits ({self.short_year}), which can be read several "
                f"ways. {option} For the year first, add --date-order ymd."
            )
        if self.order is None and self.day_first and self.month_first:
            raise ColumnError(
                f"the column `{self.name}` has dates with the day first ({self.day_first}) and with the month first "
                f"({self.month_first}), so the others can be read both ways. Write all as 2026-11-28 14:03."
            )
        if self.order is None and self.either and not (self.day_first or self.month_first):
            raise ColumnError(
                f"the dates of the column `{self.name}` can be read day first or month first ({self.either}). {option}"
            )
        self.found = "mdy" if self.month_first else "dmy"

    def read(self, value: Any, now: datetime) -> int:
        """Return a time as milliseconds since 1970. Raises BadRowError for anything else, and for the future."""
        said = str(value).strip()
        if self.text and (isinstance(value, date) or _is_day_number(said)):
            kind = "date" if isinstance(value, date) else "day number"
            raise BadRowError(
                f"“{said}” is a {kind} of Excel, but other dates of the column are text ({self.text}). A "
                "spreadsheet has read a part of the dates, and may have swapped day and month in those. Give the whole "
                "column the format yyyy-mm-dd hh:mm and save it again"
            )
        moment = None if isinstance(value, bool) else self._moment(said)
        if moment is None:
            raise BadRowError(_advice(said))
        written = f"{moment:%Y-%m-%d %H:%M} UTC"
        if not EARLIEST <= moment < LATEST:
            raise BadRowError(f"the time “{said[:40]}” would be {written}, which is not between 2000 and 2100")
        if moment > now + AHEAD:
            raise BadRowError(
                f"the time “{said[:40]}” is {written}, which lies in the future. If the column has another time zone "
                "or order of day and month, add --time-zone or --date-order"
            )
        return round(moment.timestamp() * 1000)

    def _moment(self, said: str) -> datetime | None:
        parts = _parts(said)
        try:
            if parts is not None:
                return self._read_date(parts)
            return self._read_number(said)
        except (ValueError, OverflowError):
            return None

    def _read_date(self, parts: Mapping[str, str | None]) -> datetime:
        year, month, day = self._year_month_day(parts)
        hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
        if half := parts.get("half"):
            if not 1 <= hour <= 12:
                raise ValueError(hour)
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        part = int((parts.get("part") or "0").ljust(9, "0")) // 1000
        moment = datetime(year, month, day, hour, minute, second, part, _zone(parts["zone"]) or self.zone)
        return moment.astimezone(UTC)

    def _year_month_day(self, parts: Mapping[str, str | None]) -> tuple[int, int, int]:
        if parts.get("first") is None:
            name = parts.get("month")
            month = MONTHS.index(name[:3].lower()) + 1 if name else int(parts["number"] or 0)
            return int(parts["year"] or 0), month, int(parts["day"] or 0)
        numbers = [int(parts[name] or 0) for name in ("first", "second_number", "third")]
        has_long_year = len(parts["third"] or "") == 4
        order = self.order or ("dmy" if parts["mark"] == "." else self.found)
        if has_long_year and order == "ymd":
            order = "dmy"
        by_letter = dict(zip(order, numbers, strict=True))
        year = by_letter["y"]
        return year if has_long_year else 2000 + year, by_letter["m"], by_letter["d"]

    def _read_number(self, said: str) -> datetime | None:
        if not NUMBER.fullmatch(said):
            return None
        number = float(said.replace(",", "."))
        if _is_day_number(said):
            local = EXCEL_EPOCH + timedelta(milliseconds=round(number * 86_400_000))
            return local.replace(tzinfo=self.zone).astimezone(UTC)
        for unit, microseconds in UNITS.items():
            seconds = number / unit
            if EARLIEST.timestamp() <= seconds < LATEST.timestamp():
                whole = int(said.partition(".")[0].partition(",")[0]) if unit > 1 else number
                return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=whole * microseconds)
        return None


def _parts(said: str) -> dict[str, str | None] | None:
    for each in FORMATS:
        if found := each.fullmatch(said):
            parts = found.groupdict()
            if not parts.get("month") and not parts.get("first") and _is_number_of_seconds(said):
                return None
            return parts
    return None


def _is_number_of_seconds(said: str) -> bool:
    """Return whether digits that could be a date of 8, 12 or 14 digits are no date."""
    return said.isdigit() and not (said[:2] in ("19", "20") and 1 <= int(said[4:6]) <= 12 and 1 <= int(said[6:8]) <= 31)


def _is_day_number(said: str) -> bool:
    """Return whether this is a day number of Excel between 2000 and 2100."""
    return bool(NUMBER.fullmatch(said)) and 36_526 <= float(said.replace(",", ".")) < 73_051


def _zone(said: str | None) -> tzinfo | None:
    if not said:
        return None
    name = re.sub(r"\s", "", said.lower())
    if name in NAMED_ZONES:
        return timezone(timedelta(hours=NAMED_ZONES[name]))
    digits = re.sub(r"[^\d]", "", name).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(-offset if "-" in name else offset)


def _advice(said: str) -> str:
    shown = f"the time “{said[:40]}”"
    if SHORTENED.fullmatch(said):
        return f"{shown} was shortened by a spreadsheet. Give the column the format 0 and save it again"
    if ONLY_CLOCK.fullmatch(said):
        return f"{shown} has no date. A spreadsheet may have cut it: use the format yyyy-mm-dd hh:mm and save it again"
    return f"{shown} is not read. Write it as 2026-11-28 14:03 or 2026-11-28T14:03:11+01:00"
