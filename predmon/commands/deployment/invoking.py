"""Run a deployed function now, and wait for its answer."""

import json
from collections.abc import Mapping
from typing import Any

from predmon.commands.deployment.target import Target
from predmon.errors import UserError

LONGEST_RUN_SECONDS = 900
"""How long a function of Lambda may run. A client that gives up sooner asks again, and so starts a second run."""


def invoke(target: Target, name: str, event: Mapping[str, Any], log: str) -> dict[str, Any]:
    """Return what the function `name` answers to `event`. `predmon logs` calls it `log`.

    Raises UserError with the function's own message if it fails.
    """
    from botocore.config import Config

    patient = Config(read_timeout=LONGEST_RUN_SECONDS + 30, retries={"max_attempts": 0})
    answer = target.client("lambda", config=patient).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise UserError(f"{name} failed: {payload.get('errorMessage', payload)}. Its log: predmon logs {log}")
    return payload
