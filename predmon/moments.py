"""The option type for a moment in time."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from monitors.reporting.periods import Period, format_iso

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """A moment: `7d`, `12h`, `30m` before now, or an ISO 8601 time (UTC unless it names another zone)."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, with a time zone."""
        if isinstance(value, datetime):
            return value
        age = re.fullmatch(r"(\d{1,5})([mhdw])", value)
        if age:
            return datetime.now(UTC) - timedelta(**{UNITS[age[2]]: int(age[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is neither an age such as 7d, 12h, 30m nor a time such as 2026-11-22T08:00.", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def past_period(start: datetime, end: datetime) -> Period:
    """Return the period from `--from` to `--to`, which ends now at the latest.

    Predictions within a reference's period are not compared with it. So if it ended in the future, nothing would be
    judged until then. Raises click.BadParameter for an empty period.
    """
    # Whole milliseconds, as a reference stores them: a period that comes back from there must be equal to this one.
    start, end = (each.replace(microsecond=each.microsecond // 1000 * 1000) for each in (start, end))
    end = min(end, datetime.now(UTC).replace(microsecond=0))
    if start >= end:
        raise click.BadParameter(f"{format_iso(start)} is not before {format_iso(end)}", param_hint="--from")
    return Period(start, end)
