"""The real CDK command line: from npm, at the locked version, run with the virtual environment's own Node."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from predmon.environment import tools_path
from predmon.paths import NODE_MODULES, NODE_TOOLS
from predmon.tools import npm


def command(subcommand: str, *arguments: str, app: str = "", context: Mapping[str, str] | None = None) -> list[str]:
    """Return the command line of `cdk <subcommand>` on this app, or on the assembly `app`, with `context` as settings.

    Install the locked CDK first if it is missing. Raises UserError if that fails.
    """
    npm.install(Path(__file__).with_name("node"), NODE_TOOLS, "the CDK command line")
    settings = [option for name, value in (context or {}).items() for option in ("-c", f"{name}={value}")]
    app = app or shlex.join([sys.executable, "app.py"])
    return [str(NODE_MODULES / ".bin" / "cdk"), subcommand, *arguments, "--app", app, "--no-notices", *settings]


def variables() -> dict[str, str]:
    """Return the environment variables that the CDK needs."""
    return {
        "PATH": tools_path(),
        "CDK_DISABLE_VERSION_CHECK": "1",
        # Its warning about other Node versions that the machine has does not matter here.
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PREDMON_CHECKED": "1",  # stacks/settings/unchecked.py has the same word
    }
