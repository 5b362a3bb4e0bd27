"""Background processes are found and stopped by their process id and start time."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from predmon.errors import UserError
from predmon.local.processes import Service, free_port, is_free

FOREVER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.stop(kill=True)


def test_another_command_finds_and_stops_what_one_started(service: Service) -> None:
    service.spawn(FOREVER, port=1234)

    later = Service(service.home)

    assert later.facts["port"] == 1234
    pid = later.facts["pid"]
    assert later.stop()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert not later.stop()


def test_a_recycled_process_id_is_left_alone(service: Service) -> None:
    service.record.write_text(json.dumps({"pid": os.getpid(), "created": 1.0}))

    assert service.facts == {}
    assert not service.stop()


def test_children_end_with_their_parent(service: Service) -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    service.spawn([sys.executable, "-c", script])
    parent = psutil.Process(service.facts["pid"])
    service.wait_until(lambda: bool(parent.children()), timeout_seconds=10)
    child = parent.children()[0]

    service.stop()

    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_process_that_dies_while_starting_is_reported_with_its_last_words(service: Service) -> None:
    service.spawn([sys.executable, "-c", "print('no room on disk'); raise SystemExit(1)"])

    with pytest.raises(UserError, match="no room on disk"):
        service.wait_until(lambda: False, timeout_seconds=10)


def test_a_process_that_is_never_ready_is_reported(service: Service) -> None:
    service.spawn(FOREVER)

    with pytest.raises(UserError, match="not ready after"):
        service.wait_until(lambda: False, timeout_seconds=0.3)


def test_the_answer_of_another_process_on_its_port_is_not_its_own(service: Service, tmp_path: Path) -> None:
    """Two commands can choose the same free port at the same moment."""
    port = free_port()
    server = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    other = Service(tmp_path / "other")
    try:
        other.spawn(server, port=port)
        other.wait_until(other._answers, timeout_seconds=10)
        service.spawn(FOREVER, port=port)

        with pytest.raises(UserError, match="was not ready"):
            service.wait_until(service._answers, timeout_seconds=0.2)
    finally:
        other.stop(kill=True)


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert not is_free(port)
        assert free_port([port]) != port


def test_a_process_is_known_after_the_clock_was_set(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "LINUX", True)
    service.spawn(FOREVER)
    booted, created = psutil.boot_time(), psutil.Process.create_time

    # On Linux both are counted from what the clock says now.
    monkeypatch.setattr(psutil, "boot_time", lambda: booted + 3600)
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: created(process) + 3600)

    assert service.facts


def test_what_the_first_versions_started_is_found_and_stopped(service: Service) -> None:
    """They wrote down the start time since 1970. A second engine must not start over the same data."""
    service.spawn(FOREVER)
    record = json.loads(service.record.read_text())
    service.record.write_text(json.dumps({**record, "created": psutil.Process(record["pid"]).create_time()}))

    assert service.facts
    assert service.stop()
