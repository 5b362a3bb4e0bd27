"""The local cloud as a whole: what runs, on which ports, in which order it starts and stops."""

import fcntl
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from local import deploy
from local.emulator import Emulator, client_environment
from local.engine import Engine
from local.errors import LocalError
from local.paths import ENV, LOCAL, LOGS, OUTPUTS, ROOT
from local.processes import Daemon, environment, free_port
from local.progress import say

PREFERRED_PORTS = {"opensearch": 9250, "aws": 4566, "dashboards": 5601}
PORTS = LOCAL / "ports.json"

engine = Engine(LOCAL / "opensearch")
emulator = Emulator(LOCAL / "aws")
preview = Daemon(LOCAL / "preview" / "preview.json", LOGS / "preview.log")


@dataclass(frozen=True)
class Addresses:
    """Where the parts answer, all on 127.0.0.1."""

    opensearch: str
    aws: str
    dashboards: str


def up(dashboards_url: str | None = None, context: Mapping[str, str] | None = None) -> dict[str, str]:
    """Start what does not run yet, deploy the app, and return the stack's outputs.

    `dashboards_url` names a Dashboards that already runs; without it the preview is started. `context` are settings as
    `-c` takes them. Raises LocalError; what was started by then goes on running until `down`.
    """
    with _only_one():
        with ThreadPoolExecutor(1) as pool:
            cdk = pool.submit(deploy.cdk)
            addresses = start(dashboards_url)
            cdk.result()
        say("Deploying the CDK app")
        settings = {"dashboards_url": addresses.dashboards, **(context or {})}
        outputs = deploy.deploy(addresses.aws, settings)
        write_env(addresses)
        return outputs


def start(dashboards_url: str | None = None) -> Addresses:
    """Start OpenSearch, the emulator and, unless `dashboards_url` names another, the preview."""
    ports = json.loads(PORTS.read_text()) if PORTS.exists() else PREFERRED_PORTS
    say("Starting OpenSearch")
    opensearch = engine.start([ports["opensearch"]])
    say("Starting the AWS emulator")
    aws = emulator.start(opensearch, [ports["aws"]])
    dashboards = dashboards_url or start_preview(opensearch, ports["dashboards"])
    used = {"opensearch": _port(opensearch), "aws": _port(aws), "dashboards": _port(dashboards)}
    for name, port in used.items():
        if port != ports[name] and not (name == "dashboards" and dashboards_url):
            say(f"Port {ports[name]} is taken: {name} listens on {port}")
    PORTS.write_text(json.dumps(ports | ({} if dashboards_url else used), indent=1))
    return Addresses(opensearch, aws, dashboards.rstrip("/"))


def start_preview(opensearch: str, port: int) -> str:
    """Start the Dashboards preview for this OpenSearch unless it runs, and return its URL."""
    facts = preview.facts
    if facts.get("opensearch") == opensearch:
        return f"http://127.0.0.1:{facts['port']}"
    preview.stop()
    port = free_port([port])
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "dashboards.preview", "--opensearch", opensearch, "--port", str(port)]
    home = preview.record.parent / "objects"
    home.mkdir(parents=True, exist_ok=True)
    preview.spawn(
        [*command, "--home", str(home)],
        env=environment(PYTHONPATH=str(ROOT)),
        port=port,
        opensearch=opensearch,
    )
    preview.wait_until(lambda: _answers(f"{url}/api/status"), what="The dashboards preview", timeout_seconds=30)
    return url


def down(remove_data: bool = False) -> list[str]:
    """Stop everything that `up` started, in reverse order; return the names of what was running."""
    parts = (("the dashboards preview", preview), ("the AWS emulator", emulator), ("OpenSearch", engine))
    stopped = [name for name, part in parts if part.stop()]
    ENV.unlink(missing_ok=True)
    if remove_data:
        shutil.rmtree(LOCAL, ignore_errors=True)
    return stopped


def write_env(addresses: Addresses) -> None:
    """Write `.local/env`: `source` it and any AWS client talks to the local cloud."""
    values = client_environment(addresses.aws) | {
        "OPENSEARCH_URL": addresses.opensearch,
        "DASHBOARDS_URL": addresses.dashboards,
    }
    ENV.write_text("".join(f"export {name}={value}\n" for name, value in values.items()))


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


def _port(url: str) -> int:
    return int(url.rstrip("/").rsplit(":", 1)[1]) if url.rstrip("/").rsplit(":", 1)[1].isdigit() else 0


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
