"""The deployed drift function, for the commands of `predmon drift`."""

from typing import TYPE_CHECKING, Any

from predmon.commands.deployment import invoking
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

if TYPE_CHECKING:
    from monitors.drift.config import Config


def invoke(target: Target, event: dict[str, str]) -> dict[str, Any]:
    """Run a comparison now, and return what was found. Raises UserError with the function's own message if it fails."""
    return invoking.invoke(target, function_name(target), event, "drift")


def read_deployed_config(target: Target) -> "Config":
    """Return the configuration of the deployed function, so that the command judges as it does."""
    from monitors.drift.config import Config

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
