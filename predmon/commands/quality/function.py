"""The deployed quality function, for the commands that work with actuals."""

from typing import TYPE_CHECKING, Any

from predmon.commands.deployment import invoking
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

if TYPE_CHECKING:
    from monitors.quality.config import Config

OUTPUT = "QualityFunctionName"


def read_deployed_config(target: Target) -> "Config":
    """Return the configuration of the deployed function, so that the command joins and judges as it does."""
    from monitors.quality.config import Config

    name = function_name(target)
    return Config.from_env(
        target.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    )


def invoke(target: Target) -> dict[str, Any]:
    """Join and judge now, and return what was found. Raises UserError with the function's own message if it fails."""
    return invoking.invoke(target, function_name(target), {}, "quality")


def function_name(target: Target) -> str:
    """Return the name of the deployed function. Raises UserError if there is none."""
    if OUTPUT not in target.outputs:
        raise UserError("This stack was deployed with quality=false. Deploy it again without that setting.")
    return target.outputs[OUTPUT]
