"""`cdk synth` and `cdk deploy` for the local cloud: the same app as on AWS, deployed to the emulator."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from predmon.environment import environment
from predmon.errors import UserError
from predmon.local.emulator import ACCOUNT, REGION, reachable
from predmon.local.processes import Service, end_tree
from predmon.paths import ROOT, quoted
from predmon.progress import console, print_step
from predmon.tools import cdk

SYNTH_SECONDS = 1800
"""The first synthesis downloads the functions' dependencies, which takes long on a slow line."""
DEPLOY_SECONDS = 300
"""The emulator answers at once, so a longer deployment waits for something that never comes."""
ERROR_LINES = 25


class CdkRecord(Service):
    """What lets `down` find a `cdk` command that runs, or that outlived its `up`."""

    def __init__(self, logs: Path, subcommand: str) -> None:
        super().__init__(logs)
        self.name = f"cdk {subcommand}"
        self.record = logs / f"cdk-{subcommand}.json"
        self.log = logs / f"cdk-{subcommand}.log"


class CdkProcess:
    """A running `cdk` command with its output in a log file. Leaving the `with` block ends it if it still runs."""

    def __init__(self, command: list[str], env: Mapping[str, str], logs: Path) -> None:
        self._record = CdkRecord(logs, command[1])
        self._name, self._log = self._record.name, self._record.log
        logs.mkdir(parents=True, exist_ok=True)
        variables = environment(
            **env, **cdk.variables(), CDK_DEFAULT_ACCOUNT=ACCOUNT, CDK_DEFAULT_REGION=REGION, CI="1"
        )
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
        self._record.write(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """End the command if it still runs."""
        if self._process.poll() is None:
            end_tree(psutil.Process(self._process.pid), grace_seconds=5)
            self._process.wait()
        self._record.record.unlink(missing_ok=True)

    def wait(self, timeout_seconds: float) -> None:
        """Wait until the command has ended. Raises UserError with the end of its log if it failed or took too long."""
        try:
            with console.status(self._name):
                failed = self._process.wait(timeout_seconds) != 0
        except subprocess.TimeoutExpired as error:
            raise UserError(self._explain("took too long")) from error
        if failed:
            raise UserError(self._explain("failed"))

    def _explain(self, problem: str) -> str:
        end = "\n".join(self._log.read_text(errors="replace").splitlines()[-ERROR_LINES:])
        return f"{self._name} {problem}. The end of {quoted(self._log)}:\n{end}"


class Deployment:
    """The app's way into the emulator: the synthesised `assembly`, the stack's `outputs`, the CDK's `logs`."""

    def __init__(self, *, assembly: Path, outputs: Path, logs: Path) -> None:
        self._assembly, self._outputs, self._logs = assembly, outputs, logs
        self._mark = assembly / "deployed"
        """It says what the assembly was made of, and is there only after a deployment that succeeded."""

    def is_current(self, made_of: str) -> bool:
        """Return whether the last deployment succeeded and was made of the same."""
        return self._mark.exists() and self._mark.read_text() == made_of

    @contextmanager
    def synthesis(self, context: Mapping[str, str]) -> Iterator[Callable[[], None]]:
        """Synthesise the app with `context` as settings in the background, and yield what waits for it.

        Leaving the `with` block ends it. Raises UserError, also where the command line cannot be installed.
        """
        print_step("Synthesising the CDK app")
        self._mark.unlink(missing_ok=True)
        with ThreadPoolExecutor(1) as background:
            starting = background.submit(self._start_synth, context)
            try:
                yield lambda: starting.result().wait(SYNTH_SECONDS)
            finally:
                if not starting.exception():
                    starting.result().end()

    def _start_synth(self, context: Mapping[str, str]) -> CdkProcess:
        command = cdk.command("synth", "--quiet", "--output", str(self._assembly), context=context)
        return self._start(command, {"AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"})

    def deploy(
        self,
        stack: str,
        env: Mapping[str, str],
        made_of: str,
        *,
        bootstrap: bool,
        others: Mapping[str, Mapping[str, str]],
    ) -> dict[str, str]:
        """Deploy a stack of the synthesised app to the emulator, which `env` leads to. Return the stack's outputs.

        `made_of` is what `is_current` compares with from then on.

        The file of outputs keeps those of the stacks in `others`. It changes only when the deployment has succeeded: an
        earlier deployment of the stack stays usable when this one is interrupted.
        Raises UserError with the end of the CDK's log if the deployment fails. The stack is then rolled back.
        """
        made, app = self._logs / "outputs.json", str(self._assembly)
        if bootstrap:
            # `app` saves a second synthesis, which would go into a folder that all local clouds share.
            self._run(cdk.command("bootstrap", f"aws://{ACCOUNT}/{REGION}", app=app), env)
        options = ["--require-approval", "never", "--outputs-file", str(made)]
        self._run(cdk.command("deploy", stack, *options, app=app), env)
        outputs: dict[str, dict[str, str]] = json.loads(made.read_text())
        outputs[stack] = {name: reachable(value, env["AWS_ENDPOINT_URL"]) for name, value in outputs[stack].items()}
        self._outputs.write_text(json.dumps({**others, **outputs}, indent=2) + "\n")
        self._mark.write_text(made_of)
        return outputs[stack]

    def _run(self, command: list[str], env: Mapping[str, str]) -> None:
        with self._start(command, env) as process:
            process.wait(DEPLOY_SECONDS)

    def _start(self, command: list[str], env: Mapping[str, str]) -> CdkProcess:
        return CdkProcess(command, env, self._logs)
