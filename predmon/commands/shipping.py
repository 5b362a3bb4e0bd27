"""What `replay` and `backfill` share: the deployed shipper's own configuration."""

import botocore.exceptions

from lambda_shipper.client import Client
from lambda_shipper.config import Config
from predmon.commands.target import Target
from predmon.errors import LocalError

ERRORS = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
"""Whatever AWS, or the way there, may answer."""
OUTCOMES = ("indexed", "ignored", "kept_raw", "failed")


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
