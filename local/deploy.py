"""The real CDK command line, from npm at the locked version, run with the environment's own Node."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.emulator import ACCOUNT, REGION, client_environment, tools_path
from local.errors import LocalError
from local.paths import LOCAL, LOGS, OUTPUTS, ROOT
from local.processes import environment
from local.progress import console, say

STACK = "PredictionMonitoring"
TOOLS = LOCAL / "node"


def cdk() -> str:
    """Path of the `cdk` command, installing it with `npm ci` first where the locked one is missing."""
    source = Path(__file__).with_name("node")
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    stamp = TOOLS / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        say("Installing the CDK command line")
        TOOLS.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(source / name, TOOLS / name)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(npm, cwd=TOOLS, env=environment(PATH=tools_path()), capture_output=True, text=True)
        if done.returncode != 0:
            raise LocalError(
                f"npm could not install the CDK command line:\n{done.stderr}\nCheck the network, run it again."
            )
        stamp.write_text(wanted)
    return str(TOOLS / "node_modules" / ".bin" / "cdk")


def deploy(aws_url: str, context: Mapping[str, str]) -> dict[str, str]:
    """Bootstrap and deploy the app to the emulator at `aws_url` and return the stack's outputs.

    Raises LocalError with the CDK's own words when the deployment fails.
    """
    env = environment(
        **client_environment(aws_url),
        PATH=tools_path(),
        CDK_DEFAULT_ACCOUNT=ACCOUNT,
        CDK_DEFAULT_REGION=REGION,
        CDK_DISABLE_VERSION_CHECK="1",
        CI="1",
        JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION="1",
    )
    settings = [
        word for key, value in ({"profile": "local"} | dict(context)).items() for word in ("-c", f"{key}={value}")
    ]
    command = [
        cdk(),
        "--app",
        f"{sys.executable} app.py",
        "--output",
        str(LOCAL / "cdk.out"),
        "--no-notices",
        *settings,
    ]
    OUTPUTS.unlink(missing_ok=True)
    _run(
        [*command, "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--toolkit-stack-name", "CDKToolkit"],
        env,
        "bootstrap",
    )
    _run(
        [*command, "deploy", STACK, "--require-approval", "never", "--outputs-file", str(OUTPUTS)],
        env,
        "deploy",
    )
    return json.loads(OUTPUTS.read_text())[STACK]


def _run(command: list[str], env: dict[str, str], what: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"cdk-{what}.log"
    with console.status(f"cdk {what}"), log.open("wb") as out:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    if done.returncode != 0:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise LocalError(f"cdk {what} failed. The end of {log}:\n{end}")
