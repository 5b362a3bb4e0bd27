"""The local cloud as a whole: what runs, on which ports, in which order it starts and stops."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from predmon.errors import LocalError
from predmon.local import deploy
from predmon.local.container import Container, docker_answers
from predmon.local.emulator import Emulator, client_environment
from predmon.local.engine import Engine
from predmon.local.preview import Preview
from predmon.paths import ENV, LOCAL, LOGS, OUTPUTS, ROOT, remove
from predmon.progress import say

PREFERRED_PORTS = {"opensearch": 9250, "aws": 4566, "dashboards": 5601}
PORTS = LOCAL / "ports.json"
SETTINGS = LOCAL / "settings.json"
"""What `-c` said at the last `up` that came to its end."""
LOCK = LOCAL / "lock"
"""Held while `up` is at work; and the mark of a folder that `up` has made its own."""

engine = Engine(LOCAL / "opensearch")
emulator = Emulator(LOCAL / "aws")
preview = Preview(LOCAL / "preview")
container = Container(LOCAL / "container")
parts: dict[str, Engine | Emulator | Preview] = {"opensearch": engine, "aws": emulator, "dashboards": preview}
"""The processes, in the order in which they start."""
OURS = (
    *(part.home for part in (*parts.values(), container)),
    *(LOGS, deploy.ASSEMBLY, OUTPUTS, ENV, PORTS, SETTINGS, LOCAL / "backfill", LOCK),
)
"""All that there is of a local cloud; the tools beside it are the checkout's."""


def drawing() -> Preview | Container:
    """What draws the dashboards on this machine: the container while there is one, else the preview."""
    return container if container.port else preview


def up(
    dashboards_url: str | None = None,
    context: Mapping[str, str] | None = None,
    *,
    in_docker: bool = False,
    log_groups: Iterable[str] = (),
) -> dict[str, str]:
    """Start what does not run yet, deploy the app, and return the stack's outputs.

    `dashboards_url` names a Dashboards that already runs; without it the preview is started, or `in_docker` a real one.
    `context` are settings as `-c` takes them; those of `log_groups` that are missing are made. Raises
    LocalError; what was started by then goes on running until `down`.
    """
    if in_docker and not docker_answers():
        raise LocalError("No Docker engine answers here. Start Docker, or leave out --dashboards docker.")
    with _only_one(), ThreadPoolExecutor(1) as pool:
        if not in_docker and not dashboards_url:
            container.stop()
        if missed := not_given(context or {}):
            had = " ".join(f"-c {each}" for each in missed)
            say(f"Settings are not remembered, and the last up had: {had}. To keep them, write them into cdk.json")
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
            preview.start(opensearch, ports["dashboards"])
        synth.result()
        for group in log_groups:
            if emulator.make_log_group(group):
                say(f"Creating the log group {group}, which nothing here has made yet")
        say("Deploying")
        outputs = deploy.deploy(aws, bootstrap=not emulator.is_bootstrapped())
        SETTINGS.write_text(json.dumps(dict(context or {})))
        ENV.write_text(_exports(client_environment(aws) | {"OPENSEARCH_URL": opensearch, "DASHBOARDS_URL": dashboards}))
        return outputs


def not_given(context: Mapping[str, str]) -> list[str]:
    """The settings, as `name=value`, that the last `up` had from `-c`, and that neither `context` nor cdk.json has."""
    last = json.loads(SETTINGS.read_text()) if SETTINGS.exists() else {}
    given = {*context, *json.loads((ROOT / "cdk.json").read_text())["context"]}
    return [f"{name}={value}" for name, value in last.items() if name not in given]


def choose_ports() -> dict[str, int]:
    """The port of each part: where it runs, else where it ran last, else its usual one, else any that is free."""
    wanted = json.loads(PORTS.read_text()) if PORTS.exists() else PREFERRED_PORTS
    listening = {"opensearch": engine.port, "aws": emulator.port, "dashboards": drawing().port}
    chosen = {name: port or parts[name].choose_port(wanted[name]) for name, port in listening.items()}
    for name, port in chosen.items():
        if port != wanted[name]:
            say(f"Port {wanted[name]} is taken: {name} listens on {port}")
    PORTS.write_text(json.dumps(chosen))
    return chosen


def down() -> list[str]:
    """Stop everything that `up` started, in reverse order; return the names of what was running.

    The container comes last, since it is Docker that stops it: where that does not answer, LocalError is raised when
    the rest has stopped.
    """
    stopped = [part.name for part in reversed(parts.values()) if part.stop()]
    ENV.unlink(missing_ok=True)
    return [*stopped, container.name] if container.stop() else stopped


def remove_data() -> bool:
    """Remove what `up` has put into its folder and nothing else; return whether there was such a folder."""
    if not LOCK.exists():
        return False
    for path in OURS:
        remove(path)
    if not any(LOCAL.iterdir()):
        LOCAL.rmdir()
    return True


def read_env() -> dict[str, str] | None:
    """What `.local/env` says, while the local cloud runs."""
    if not (ENV.exists() and OUTPUTS.exists() and emulator.url and engine.url):
        return None
    return dict(line.removeprefix("export ").split("=", 1) for line in ENV.read_text().splitlines())


def trouble() -> str | None:
    """Why the local cloud cannot be worked with although something of it runs, and what to do; else None."""
    if not any(part.url for part in parts.values()):
        return None
    if missing := [f"{part.name} does not run (its log: {part.log})" for part in (engine, emulator) if not part.url]:
        return f"Of the local cloud here, {' and '.join(missing)}. Start it again: predmon up"
    if not (ENV.exists() and OUTPUTS.exists()):
        unfinished = "Nothing is deployed to the local cloud here: the last `predmon up` did not finish"
        return f"{unfinished} (its logs: {LOGS}). Run it again: predmon up"
    return None


@contextmanager
def _only_one() -> Iterator[None]:
    if LOCAL != ROOT / ".local" and LOCAL.exists() and not LOCK.exists() and any(LOCAL.iterdir()):
        raise LocalError(f"PREDMON_HOME={LOCAL} holds other things already. Name a folder that is empty or new.")
    LOCAL.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError("Another `predmon up` is at work in this folder. Wait for it, or stop it.") from None
        yield


def _exports(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={value}\n" for name, value in values.items())
