"""Background processes that outlive the command that started them, and are stopped by exactly their own id."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import requests

from predmon.errors import LocalError


class Service:
    """One background process that listens on 127.0.0.1, known by a record in `home`: any later command finds it.

    The record holds the process id together with its start time: a recycled id is never mistaken for ours.
    """

    name = "the service"
    health = "/"
    """What answers 2xx once it is ready."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.record = home / "process.json"
        self.log = home / "process.log"

    @property
    def port(self) -> int | None:
        """Where it listens, while it runs."""
        return self.facts.get("port")

    @property
    def url(self) -> str | None:
        """`http://127.0.0.1:<port>`, while it runs."""
        return f"http://127.0.0.1:{self.port}" if self.port else None

    def choose_port(self, wanted: int) -> int:
        """`wanted` if it is free, else another one that is."""
        return free_port([wanted])

    def spawn(self, argv: list[str], *, env: Mapping[str, str] | None = None, **facts: object) -> None:
        """Start `argv` in a session of its own, output to the log; `facts` are kept in the record."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as out:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        created = _created(psutil.Process(process.pid))
        self.record.write_text(json.dumps({"pid": process.pid, "created": created, **facts}))

    @property
    def facts(self) -> dict:
        """What the record says of the process; empty when it does not run."""
        try:
            record = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return record if _find(record) else {}

    def stop(self, *, grace_seconds: float = 15, kill: bool = False) -> bool:
        """End the process and its children, politely first unless `kill`; return whether one was running."""
        record = self.facts
        process = _find(record) if record else None
        if process:
            family = [process, *process.children(recursive=True)]
            for each in family:
                _signal(each, signal.SIGKILL if kill else signal.SIGTERM)
            for each in _wait(family, grace_seconds):
                _signal(each, signal.SIGKILL)
            _wait(family, 5)
        self.record.unlink(missing_ok=True)
        return process is not None

    def wait_until(self, ready: Callable[[], bool], *, timeout_seconds: float) -> None:
        """Wait until `ready()`; raise LocalError with the log's end when the process dies or time runs out."""
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if not self.facts:
                raise LocalError(f"{self.name} stopped while starting. The end of {self.log}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise LocalError(
                    f"{self.name} was not ready after {timeout_seconds:.0f} s. The end of {self.log}:\n{self.tail()}"
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}{self.health}", timeout=2).ok
        except requests.RequestException:
            return False

    def tail(self, lines: int = 15) -> str:
        """The last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def _find(record: Mapping) -> psutil.Process | None:
    try:
        process = psutil.Process(record["pid"])
        return process if abs(_created(process) - record["created"]) < 1 and _runs(process) else None
    except psutil.NoSuchProcess:
        return None


def _runs(process: psutil.Process) -> bool:
    """Whether it does anything yet: one that has ended stays in the table until its parent takes note."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _wait(processes: list[psutil.Process], timeout_seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, and give those that have not."""
    deadline = time.monotonic() + timeout_seconds
    while (left := [each for each in processes if _runs(each)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _created(process: psutil.Process) -> float:
    """When it began, in seconds, as setting the clock does not change it: since the boot on Linux, which counts so."""
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0)


def _signal(process: psutil.Process, number: int) -> None:
    # It may have ended by itself in the meantime, which is what was wanted.
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def is_free(port: int) -> bool:
    """Whether 127.0.0.1:`port` can be listened on now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: Iterable[int] = ()) -> int:
    """The first free one of `preferred`, else any that the system gives."""
    for port in preferred:
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
