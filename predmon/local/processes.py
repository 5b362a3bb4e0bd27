"""Background processes that keep running after the command that started them. They are stopped by their process id."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import requests

from predmon.errors import UserError
from predmon.paths import ROOT, quoted


class Service:
    """One background process that listens on 127.0.0.1. A record in `home` lets any later command find it.

    The record holds the process id and the start time, so that a reused process id is never taken for ours.
    """

    name = "the service"
    health = "/"
    """The path that answers 2xx once the service is ready."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.record = home / "process.json"
        self.log = home / "process.log"

    @property
    def was_killed(self) -> bool:
        """Whether it ended without `stop`, which removes the record."""
        return self.record.exists() and not self.facts

    @property
    def port(self) -> int | None:
        """The port where it listens, or None while it does not run."""
        return self.facts.get("port")

    @property
    def url(self) -> str | None:
        """`http://127.0.0.1:<port>`, or None while it does not run."""
        return f"http://127.0.0.1:{self.port}" if self.port else None

    def choose_port(self, wanted: int) -> int:
        """Return `wanted` if it is free, else any free port."""
        return free_port([wanted])

    def spawn(self, argv: list[str], *, env: Mapping[str, str] | None = None, **facts: object) -> None:
        """Start `argv` in a session of its own, with its output in the log. The record keeps `facts`."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=ROOT,
                start_new_session=True,
            )
        self.write(process.pid, **facts)

    def write(self, pid: int, **facts: object) -> None:
        """Write the record of the process `pid`, with `facts`."""
        created = _find_creation(psutil.Process(pid))
        self.record.write_text(json.dumps({"pid": pid, "created": created, **facts}))

    @property
    def facts(self) -> dict[str, Any]:
        """The record of the running process. Empty while it does not run."""
        try:
            record: dict[str, Any] = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return record if _find(record) else {}

    def stop(self, *, grace_seconds: float = 15, kill: bool = False) -> bool:
        """End the process and its children, and return whether it was running.

        They get SIGTERM, and SIGKILL after `grace_seconds`. With `kill` they get SIGKILL at once.
        """
        record = self.facts
        process = _find(record) if record else None
        if process:
            end_tree(process, grace_seconds=grace_seconds, kill=kill)
        self.record.unlink(missing_ok=True)
        return process is not None

    def wait_until(self, ready: Callable[[], bool], *, timeout_seconds: float) -> None:
        """Wait until `ready()`. Raises UserError with the end of the log if the process dies or time runs out."""
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if not self.facts:
                raise UserError(f"{self.name} stopped while starting. The end of {quoted(self.log)}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise UserError(
                    f"{self.name} was not ready after {timeout_seconds:.0f} s. "
                    f"The end of {quoted(self.log)}:\n{self.tail()}"
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Return whether it is ready. An answer of another process that was faster to take the port does not count."""
        try:
            return requests.get(f"{self.url}{self.health}", timeout=2).ok and _listens(self.facts)
        except requests.RequestException:
            return False

    def tail(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def end_tree(process: psutil.Process, *, grace_seconds: float, kill: bool = False) -> None:
    """End a process and all its descendants: SIGTERM first, SIGKILL after `grace_seconds`, or at once with `kill`."""
    with suppress(psutil.NoSuchProcess):
        tree = _tree(process)
        for each in tree:
            _signal(each, signal.SIGKILL if kill else signal.SIGTERM)
        for each in _wait(tree, grace_seconds):
            _signal(each, signal.SIGKILL)
        _wait(tree, 5)


def _find(record: Mapping[str, Any]) -> psutil.Process | None:
    try:
        process = psutil.Process(record["pid"])
        # The first versions wrote down the start time since 1970.
        started = (_find_creation(process), process.create_time())
        return process if any(abs(each - record["created"]) < 1 for each in started) and _runs(process) else None
    except psutil.NoSuchProcess:
        return None


def _listens(record: Mapping[str, Any]) -> bool:
    """Return whether the recorded process, or one that it started, listens on the recorded port."""
    with suppress(psutil.NoSuchProcess):
        tree = _tree(psutil.Process(record["pid"])) if record else []
        found = [connection for each in tree for connection in each.net_connections("tcp")]
        return any(each.status == psutil.CONN_LISTEN and each.laddr.port == record["port"] for each in found)
    return False


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _runs(process: psutil.Process) -> bool:
    """Return whether the process still runs. A zombie does not: it has ended, and waits for its parent."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _wait(processes: list[psutil.Process], timeout_seconds: float) -> list[psutil.Process]:
    """Wait until all have ended or time runs out. Return those that still run."""
    deadline = time.monotonic() + timeout_seconds
    while (left := [each for each in processes if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _find_creation(process: psutil.Process) -> float:
    """Return the start time in seconds, unchanged when somebody sets the clock: on Linux it counts from the boot."""
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0)


def _signal(process: psutil.Process, number: int) -> None:
    # The process may have ended by itself in the meantime.
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def is_free(port: int) -> bool:
    """Return whether 127.0.0.1:`port` is free to listen on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: Iterable[int] = ()) -> int:
    """Return the first free one of the `preferred` ports, else any free port."""
    for port in preferred:
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        given: int = probe.getsockname()[1]
    return given
