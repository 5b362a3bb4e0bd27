"""`cdk synth` and `cdk deploy` for the local cloud: the same app, with the emulator for AWS."""

import json
import subprocess
from collections.abc import Mapping

from predmon.environment import environment
from predmon.errors import LocalError
from predmon.local.emulator import ACCOUNT, REGION, client_environment, reachable
from predmon.paths import LOCAL, LOGS, OUTPUTS, ROOT
from predmon.progress import console
from predmon.tools import cdk
from stacks import STACK

ASSEMBLY = LOCAL / "cdk.out"
SYNTH_SECONDS = 1800
"""The first one downloads what the functions are bundled with, over whatever line there is."""
DEPLOY_SECONDS = 300
"""The emulator answers at once: a deployment that takes longer waits for something that will never come."""


def synth(context: Mapping[str, str]) -> None:
    """Synthesise the app with `context` as settings. Raises LocalError with the app's own words."""
    command = cdk.command("synth", "--quiet", "--output", str(ASSEMBLY), context=context)
    _run(command, {"AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}, SYNTH_SECONDS)


def deploy(aws_url: str, *, bootstrap: bool) -> dict[str, str]:
    """Deploy what `synth` made to the emulator at `aws_url` and return the stack's outputs.

    Raises LocalError with the CDK's own words when the deployment fails; the stack is then rolled back.
    """
    OUTPUTS.unlink(missing_ok=True)
    env = client_environment(aws_url)
    if bootstrap:
        # With what `synth` made: it would synthesise anew otherwise, into a folder that every local cloud shares.
        _run(cdk.command("bootstrap", f"aws://{ACCOUNT}/{REGION}", app=str(ASSEMBLY)), env, DEPLOY_SECONDS)
    options = ["--require-approval", "never", "--outputs-file", str(OUTPUTS)]
    _run(cdk.command("deploy", STACK, *options, app=str(ASSEMBLY)), env, DEPLOY_SECONDS)
    outputs = json.loads(OUTPUTS.read_text())
    outputs[STACK] = {name: reachable(value, aws_url) for name, value in outputs[STACK].items()}
    OUTPUTS.write_text(json.dumps(outputs, indent=2) + "\n")
    return outputs[STACK]


def _run(command: list[str], env: Mapping[str, str], timeout_seconds: float) -> None:
    what = f"cdk {command[1]}"
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"cdk-{command[1]}.log"
    environ = environment(**env, **cdk.variables(), CDK_DEFAULT_ACCOUNT=ACCOUNT, CDK_DEFAULT_REGION=REGION, CI="1")
    try:
        with console.status(what), log.open("wb") as out:
            subprocess.run(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=True,
                timeout=timeout_seconds,
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        why = "took too long" if isinstance(error, subprocess.TimeoutExpired) else "failed"
        raise LocalError(f"{what} {why}. The end of {log}:\n{end}") from error
