"""Who is measured: a handler each, imported when asked for, as a function's runtime does."""

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
    """A context with time enough."""

    function_name = "shipper"

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda's own."""
        return 60_000


def load(name: str) -> Callable[[dict, Any], Any]:
    """Import a contender's handler; it reads the environment as it would in Lambda."""
    module, _, function = CONTENDERS[name].partition(":")
    return getattr(importlib.import_module(module), function)
