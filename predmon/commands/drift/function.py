"""The deployed drift function, for the commands of `predmon drift`."""

import json
from typing import Any

from monitors.drift.config import Config
from predmon.commands.deployment.target import Target
from predmon.errors import UserError


def invoke(target: Target, event: dict[str, str]) -> dict[str, Any]:
    """Run a comparison now and return what it found. Raises UserError with the function's own message if it fails."""
    name = function_name(target)
    answer = target.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise UserError(f"{name} failed: {payload.get('errorMessage', payload)}")
    return payload


def deployed_config(target: Target) -> Config:
    """Return the configuration of the deployed function, so that the command judges as it does."""
    configuration = target.client("lambda").get_function_configuration(FunctionName=function_name(target))
    return Config.from_env(configuration["Environment"]["Variables"])


def function_name(target: Target) -> str:
    """Return the name of the deployed function. Raises UserError if there is none."""
    if "DriftFunctionName" not in target.outputs:
        raise UserError("This stack was deployed with drift=false. Deploy it again without that setting.")
    return target.outputs["DriftFunctionName"]


def only_log_group(target: Target) -> str:
    """Return the log group that is watched. Raises UserError if there are several."""
    names = target.outputs["LogGroupNames"].split(",")
    if len(names) > 1:
        raise UserError(f"Several log groups are watched. Name one with --log-group: {', '.join(names)}")
    return names[0]
