"""What `replay` and `backfill` share: the configuration of the deployed shipper."""

import botocore.exceptions

from lambda_shipper.config import Config
from lambda_shipper.domain.client import Client
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

AWS_ERRORS = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
"""All errors of AWS and of the connection to it."""
OUTCOMES = ("indexed", "ignored", "kept_raw", "failed")


def read_deployed_config(target: Target) -> Config:
    """Return the configuration of the deployed shipper, so that the commands work exactly as it does.

    Raises UserError if it cannot be read.
    """
    name = target.outputs["ShipperFunctionName"]
    try:
        function = target.client("lambda").get_function_configuration(FunctionName=name)
    except AWS_ERRORS as error:
        raise UserError(f"The configuration of the shipper {name} cannot be read: {error}") from error
    return Config.from_env(function["Environment"]["Variables"])


def open_client(target: Target, config: Config) -> Client:
    """Return a client for the domain. If the shipper signs its requests, sign with the caller's credentials."""
    return Client(config, target.session.get_credentials() if config.opensearch_auth == "sigv4" else None)


def format_counts(events: dict[str, int]) -> str:
    """Return the four counts as text: `indexed 3, ignored 0, kept raw 1, failed 0`."""
    return ", ".join(f"{outcome.replace('_', ' ')} {events.get(outcome, 0)}" for outcome in OUTCOMES)
