"""What `replay` and `backfill` share: the deployed shipper's own configuration, and moments as people write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.exceptions
import click

from cli.target import Target
from lambda_shipper.client import Client
from lambda_shipper.config import Config
from local.errors import LocalError

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
ERRORS = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
"""Whatever AWS, or the way there, may answer."""
OUTCOMES = ("indexed", "ignored", "kept_raw", "failed")


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


def deployed_config(target: Target) -> Config:
    """Read how the deployed shipper is configured, so that what is done by hand is done the same way."""
    name = target.outputs["ShipperFunctionName"]
    try:
        function = target.client("lambda").get_function_configuration(FunctionName=name)
    except ERRORS as error:
        raise LocalError(f"The shipper {name} cannot be read: {error}") from error
    return Config.from_env(function["Environment"]["Variables"])


def open_client(target: Target, config: Config) -> Client:
    """Open a connection to the domain, signed with the caller's own credentials where the shipper signs."""
    return Client(config, target.session.get_credentials() if config.opensearch_auth == "sigv4" else None)


def say_counts(events: dict[str, int]) -> str:
    """Give the four counts in words."""
    return ", ".join(f"{outcome.replace('_', ' ')} {events.get(outcome, 0)}" for outcome in OUTCOMES)
