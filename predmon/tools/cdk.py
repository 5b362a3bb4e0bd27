"""The real CDK command line, from npm at the locked version, run with the environment's own Node."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from predmon.environment import tools_path
from predmon.paths import NODE_MODULES, TOOLS
from predmon.tools import npm


def command(what: str, *arguments: str, app: str = "", context: Mapping[str, str] | None = None) -> list[str]:
    """The words of `cdk <what>` on this app, or on the assembly `app`, with `context` as settings.

    Installs the command first where the locked one is missing; LocalError if that fails.
    """
    npm.install(Path(__file__).with_name("node"), TOOLS, "the CDK command line")
    settings = [word for name, value in (context or {}).items() for word in ("-c", f"{name}={value}")]
    app = app or shlex.join([sys.executable, "app.py"])
    return [str(NODE_MODULES / ".bin" / "cdk"), what, *arguments, "--app", app, "--no-notices", *settings]


def variables() -> dict[str, str]:
    """What the command wants of its environment."""
    return {
        "PATH": tools_path(),
        "CDK_DISABLE_VERSION_CHECK": "1",
        # It warns of a Node that was on the machine already, which it works with all the same.
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
