"""The deployed quality function, for the commands that work with actuals."""

import json
from typing import Any

from botocore.config import Config as ClientConfig

from monitors.quality.config import Config
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

OUTPUT = "QualityFunctionName"
LONGEST_RUN_SECONDS = 600


def deployed_config(target: Target) -> Config:
    """Return the configuration of the deployed function, so that the command joins and judges as it does."""
    name = function_name(target)
    return Config.from_env(
        target.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    )


def invoke(target: Target) -> dict[str, Any]:
    """Run it now. Raises UserError with the function's own message if it fails."""
    name = function_name(target)
    patient = ClientConfig(read_timeout=LONGEST_RUN_SECONDS + 30, retries={"max_attempts": 0})
    answer = target.client("lambda", config=patient).invoke(FunctionName=name, Payload=b"{}")
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise UserError(f"{name} failed: {payload.get('errorMessage', payload)}. Its log: predmon logs quality")
    return payload


def function_name(target: Target) -> str:
    """Return the name of the deployed function. Raises UserError if there is none."""
    if OUTPUT not in target.outputs:
        raise UserError("This stack was deployed with quality=false. Deploy it again without that setting.")
    return target.outputs[OUTPUT]
