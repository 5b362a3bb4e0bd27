"""Moments as people write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType):
    """`7d`, `12h`, `30m` before now, or an ISO 8601 time (UTC unless it says otherwise)."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Give the moment as UTC."""
        if isinstance(value, datetime):
            return value
        ago = re.fullmatch(r"(\d{1,5})([mhdw])", value)
        if ago:
            return datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is neither an age such as 7d, 12h, 30m nor a time such as 2026-11-22T08:00.", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
