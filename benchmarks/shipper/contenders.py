"""Import the handlers that are measured, only when they are needed, as a function's runtime does."""

import importlib
from collections.abc import Callable
from typing import Any

CONTENDERS = {
    "floor": "benchmarks.shipper.floor:joined",
    "floor, one buffer": "benchmarks.shipper.floor:buffered",
    "floor, bare": "benchmarks.shipper.floor:bare",
    "shipper": "lambda_shipper.handler:handler",
    "naive": "benchmarks.shipper.naive:handler",
}


class Context:
    """A Lambda context with enough time left."""

    function_name = "shipper"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds that are left, as Lambda's context does."""
        return 60_000


def load(name: str) -> Callable[[dict, Any], Any]:
    """Import a contender's handler. It reads the environment as it would in Lambda."""
    module, _, function = CONTENDERS[name].partition(":")
    return getattr(importlib.import_module(module), function)
