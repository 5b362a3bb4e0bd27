"""Read the time picker's language (`now-24h`, `now/d` or an ISO date), and choose how long an "auto" bar is."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_RELATIVE = re.compile(r"now(?:([+-]\d{1,6})([smhdwMy]))?(?:/([smhdw]))?")
_FIXED = re.compile(r"[1-9]\d{0,9}(ms|[smhd])")
_TARGET_BARS = 50
_MOST_BARS = 100
_BARS = (
    (0.5, "100ms"),
    (5, "1s"),
    (7.5, "5s"),
    (15, "10s"),
    (45, "30s"),
    (180, "1m"),
    (540, "5m"),
    (1200, "10m"),
    (2700, "30m"),
    (7200, "1h"),
    (21600, "3h"),
    (86400, "12h"),
    (604800, "1d"),
    (1814400, "7d"),
    (31536000, "30d"),
)


class TimeRangeError(ValueError):
    """The text is not a time range. The message says what to write instead."""


@dataclass(frozen=True)
class TimeRange:
    """The time from `start` to `end`, both in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, start: str, end: str, *, now: datetime | None = None) -> "TimeRange":
        """Return the range between two texts.

        Raises:
            TimeRangeError: if a text is not a time, or the range ends before it begins.
        """
        now = now or datetime.now(UTC)
        found = cls(_moment(start, now), _moment(end, now))
        if found.start >= found.end:
            raise TimeRangeError(f"the time range ends ({end}) before it begins ({start})")
        return found

    def interval(self, wanted: str = "auto") -> str:
        """Return the bar length that Dashboards would choose.

        That is the length asked for (`m`, `5m`), or a round length that makes about fifty bars. As in Dashboards, no
        length makes more than a hundred bars.
        """
        seconds = (self.end - self.start).total_seconds()
        wanted = f"1{wanted}" if wanted in _SECONDS else wanted
        if _FIXED.fullmatch(wanted) and _milliseconds(wanted) >= 1000 * seconds / _MOST_BARS:
            return wanted
        return next((bar for below, bar in _BARS if seconds / _TARGET_BARS < below), "365d")

    def bars(self, interval: str) -> list[int]:
        """Return the start of each bar of this length, and the end of the last bar, in milliseconds.

        The bars are whole and cover the range.
        """
        every = _milliseconds(interval)
        first, end = int(self.start.timestamp() * 1000), math.ceil(self.end.timestamp() * 1000)
        first -= first % every
        return list(range(first, end + every, every))

    def filter(self, field: str) -> dict[str, object]:
        """Return the range query over a date field."""
        bounds = {
            "gte": self.start.isoformat(),
            "lte": self.end.isoformat(),
            "format": "strict_date_optional_time",
        }
        return {"range": {field: bounds}}


def _milliseconds(interval: str) -> int:
    amount, unit = interval.rstrip("mshd"), interval.lstrip("0123456789")
    return int(amount) * (1 if unit == "ms" else 1000 * _SECONDS[unit])


def _moment(text: str, now: datetime) -> datetime:
    relative = _RELATIVE.fullmatch(text)
    try:
        if relative:
            amount, unit, floor = relative.groups()
            moment = now + timedelta(seconds=int(amount or 0) * _SECONDS[unit or "s"])
            return _floor(moment, floor) if floor else moment
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise TimeRangeError(f"{text!r} is not a time. Write now, now-24h, now/d or 2026-01-31T12:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _floor(moment: datetime, unit: str) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "w":
        return midnight - timedelta(days=midnight.weekday())
    keep = {"d": midnight, "h": moment.replace(minute=0), "m": moment, "s": moment}[unit]
    return keep.replace(second=moment.second if unit == "s" else 0, microsecond=0)
