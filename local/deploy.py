"""The real CDK command line, from npm at the locked version, run with the environment's own Node."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.emulator import ACCOUNT, REGION, client_environment, reachable, tools_path
from local.errors import LocalError
from local.paths import LOCAL, LOGS, OUTPUTS, ROOT, TOOLS
from local.processes import environment
from local.progress import console, say

STACK = "PredictionMonitoring"
ASSEMBLY = LOCAL / "cdk.out"
TIMEOUT_SECONDS = 300
"""The emulator answers at once: a deployment that takes longer waits for something that will never come."""


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
        done = subprocess.run(npm, cwd=TOOLS, env=os.environ | {"PATH": tools_path()}, capture_output=True, text=True)
        if done.returncode != 0:
            raise LocalError(
                f"npm could not install the CDK command line:\n{done.stderr}\nCheck the network, run it again."
            )
        stamp.write_text(wanted)
    return str(TOOLS / "node_modules" / ".bin" / "cdk")


def synth(context: Mapping[str, str]) -> None:
    """Synthesise the app with `context` as settings. Raises LocalError with the app's own words."""
    settings = [word for key, value in context.items() for word in ("-c", f"{key}={value}")]
    app = ["--app", f"{sys.executable} app.py", "--output", str(ASSEMBLY)]
    _run(
        "synth",
        [cdk(), "synth", "--quiet", *app, *settings],
        {"AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"},
    )


def deploy(aws_url: str, *, bootstrap: bool) -> dict[str, str]:
    """Deploy what `synth` made to the emulator at `aws_url` and return the stack's outputs.

    Raises LocalError with the CDK's own words when the deployment fails; the stack is then rolled back.
    """
    OUTPUTS.unlink(missing_ok=True)
    env = client_environment(aws_url)
    if bootstrap:
        # With what `synth` made: it would synthesise anew otherwise, into a folder that every local cloud shares.
        _run("bootstrap", [cdk(), "bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", str(ASSEMBLY)], env)
    options = ["--app", str(ASSEMBLY), "--require-approval", "never", "--outputs-file", str(OUTPUTS)]
    _run("deploy", [cdk(), "deploy", STACK, *options], env)
    outputs = json.loads(OUTPUTS.read_text())
    outputs[STACK] = {name: reachable(value, aws_url) for name, value in outputs[STACK].items()}
    OUTPUTS.write_text(json.dumps(outputs, indent=2) + "\n")
    return outputs[STACK]


def _run(what: str, command: list[str], env: Mapping[str, str]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"cdk-{what}.log"
    environ = environment(
        **env,
        PATH=tools_path(),
        CDK_DEFAULT_ACCOUNT=ACCOUNT,
        CDK_DEFAULT_REGION=REGION,
        CDK_DISABLE_VERSION_CHECK="1",
        CI="1",
        # It warns of a Node that was on the machine already, which it works with all the same.
        JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION="1",
    )
    try:
        with console.status(f"cdk {what}"), log.open("wb") as out:
            subprocess.run(
                [*command, "--no-notices"],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=True,
                timeout=TIMEOUT_SECONDS,
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        why = "took too long" if isinstance(error, subprocess.TimeoutExpired) else "failed"
        raise LocalError(f"cdk {what} {why}. The end of {log}:\n{end}") from error
