"""The local cloud as a whole: what runs, on which ports, in which order it starts and stops."""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from local import deploy
from local.container import Container
from local.emulator import Emulator, client_environment
from local.engine import Engine
from local.errors import LocalError
from local.paths import ENV, LOCAL, OUTPUTS
from local.preview import Preview
from local.progress import say

PREFERRED_PORTS = {"opensearch": 9250, "aws": 4566, "dashboards": 5601}
PORTS = LOCAL / "ports.json"

engine = Engine(LOCAL / "opensearch")
emulator = Emulator(LOCAL / "aws")
preview = Preview(LOCAL / "preview")
container = Container(LOCAL / "container")
parts: dict[str, Engine | Emulator | Preview] = {"opensearch": engine, "aws": emulator, "dashboards": preview}
"""In the order in which they start."""


def up(
    dashboards_url: str | None = None, context: Mapping[str, str] | None = None, *, in_docker: bool = False
) -> dict[str, str]:
    """Start what does not run yet, deploy the app, and return the stack's outputs.

    `dashboards_url` names a Dashboards that already runs; without it the preview is started, or `in_docker` a real one.
    `context` are settings as `-c` takes them. Raises LocalError; what was started by then goes on running until `down`.
    """
    with _only_one(), ThreadPoolExecutor(1) as pool:
        ports = choose_ports()
        dashboards = (dashboards_url or f"http://127.0.0.1:{ports['dashboards']}").rstrip("/")
        say("Synthesising the CDK app")
        settings = {"profile": "local", "dashboards_url": dashboards, **(context or {})}
        synth = pool.submit(deploy.synth, settings)
        say("Starting OpenSearch")
        opensearch = engine.start(ports["opensearch"])
        say("Starting the AWS emulator")
        aws = emulator.start(opensearch, ports["aws"], baked_in=dashboards)
        if in_docker:
            preview.stop()
            say("Starting Dashboards in Docker")
            container.start(opensearch, ports["dashboards"])
        elif not dashboards_url:
            container.stop()
            preview.start(opensearch, ports["dashboards"])
        synth.result()
        say("Deploying")
        outputs = deploy.deploy(aws, bootstrap=not emulator.is_bootstrapped())
        ENV.write_text(_exports(client_environment(aws) | {"OPENSEARCH_URL": opensearch, "DASHBOARDS_URL": dashboards}))
        return outputs


def choose_ports() -> dict[str, int]:
    """The port of each part: where it runs, else where it ran last, else its usual one, else any that is free."""
    wanted = json.loads(PORTS.read_text()) if PORTS.exists() else PREFERRED_PORTS
    chosen = {}
    for name, part in parts.items():
        port = part.port or part.choose_port(wanted[name])
        if port != wanted[name]:
            say(f"Port {wanted[name]} is taken: {name} listens on {port}")
        chosen[name] = port
    PORTS.write_text(json.dumps(chosen))
    return chosen


def down(remove_data: bool = False) -> list[str]:
    """Stop everything that `up` started, in reverse order; return the names of what was running."""
    stopped = [part.name for part in (container, *reversed(parts.values())) if part.stop()]
    ENV.unlink(missing_ok=True)
    if remove_data:
        shutil.rmtree(LOCAL, ignore_errors=True)
    return stopped


def read_env() -> dict[str, str] | None:
    """What `.local/env` says, while the local cloud runs."""
    if not (ENV.exists() and OUTPUTS.exists() and emulator.url and engine.url):
        return None
    return dict(line.removeprefix("export ").split("=", 1) for line in ENV.read_text().splitlines())


@contextmanager
def _only_one() -> Iterator[None]:
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError("Another `predmon up` is at work in this folder. Wait for it, or stop it.") from None
        yield


def _exports(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={value}\n" for name, value in values.items())
