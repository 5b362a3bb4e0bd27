"""The local cloud's folder and ports, and how it stops, without starting its services."""

import json
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest

from predmon.errors import UserError
from predmon.local import emulator
from predmon.local.cloud import LocalCloud
from predmon.local.deploy import CdkRecord
from predmon.local.emulator import Emulator
from predmon.tools import cdk
from tests.unit.predmon.local.docker import Docker

ENGINE = "http://127.0.0.1:9250"
ROOT = Path(__file__).resolve().parents[4]
FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def cloud(tmp_path: Path) -> LocalCloud:
    """A local cloud whose folder does not exist yet."""
    return LocalCloud(tmp_path / "home")


@pytest.fixture
def home(cloud: LocalCloud) -> Path:
    """Its folder, after an `up`."""
    cloud.home.mkdir()
    (cloud.home / "lock").touch()
    return cloud.home


def test_the_commands_use_the_local_cloud_that_predmon_home_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREDMON_HOME", str(tmp_path / "mine"))
    named = LocalCloud.current()
    monkeypatch.delenv("PREDMON_HOME")

    assert named.home == tmp_path / "mine"
    assert named.outputs_file == tmp_path / "mine" / "outputs.json"
    assert LocalCloud.current().home == ROOT / ".local"


def test_removing_the_data_leaves_what_others_put_into_the_folder(cloud: LocalCloud, home: Path) -> None:
    (home / "opensearch").mkdir()
    (home / "opensearch" / "index").touch()
    (home / "thesis.txt").write_text("all of it")

    assert cloud.remove_data()

    assert [path.name for path in home.iterdir()] == ["thesis.txt"]


def test_removing_the_data_removes_a_folder_in_which_nothing_else_is(cloud: LocalCloud, home: Path) -> None:
    assert cloud.remove_data()

    assert not home.exists()


def test_a_folder_that_no_up_has_made_its_own_is_left_alone(cloud: LocalCloud) -> None:
    (cloud.home / "logs").mkdir(parents=True)

    assert not cloud.remove_data()

    assert (cloud.home / "logs").exists()


def test_a_folder_that_holds_other_things_is_refused(cloud: LocalCloud) -> None:
    (cloud.home / "logs").mkdir(parents=True)

    with pytest.raises(UserError, match="already holds other files"):
        cloud.up()

    assert [path.name for path in cloud.home.iterdir()] == ["logs"]


def test_while_the_container_is_there_its_port_is_the_dashboards(cloud: LocalCloud, home: Path, docker: Docker) -> None:
    docker.install()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        cloud.container.start(ENGINE, port)

        assert cloud.choose_ports()["dashboards"] == port
        assert cloud.dashboards.url == f"http://127.0.0.1:{port}"


def test_down_stops_the_processes_whatever_docker_says(cloud: LocalCloud, home: Path, docker: Docker) -> None:
    docker.install()
    cloud.container.start(ENGINE, 5601)
    cloud.engine.spawn(FOREVER, port=9250)
    docker.install(failing="info")

    with pytest.raises(UserError, match="Docker does not answer"):
        cloud.down()

    assert cloud.engine.facts == {}
    docker.install()
    assert cloud.down() == ["the Dashboards container"]


def test_up_looks_for_docker_before_it_starts_anything(cloud: LocalCloud, docker: Docker) -> None:
    docker.install(failing="info")

    with pytest.raises(UserError, match="Start Docker, or leave out --dashboards docker"):
        cloud.up(in_docker=True)

    assert not cloud.home.exists()


def test_ports_of_the_last_time_are_wanted_again(cloud: LocalCloud, home: Path) -> None:
    first = cloud.choose_ports()

    assert cloud.choose_ports() == first == json.loads((home / "ports.json").read_text())


def test_what_does_not_run_of_a_local_cloud_is_named_with_its_log(cloud: LocalCloud, home: Path) -> None:
    cloud.emulator.spawn(FOREVER, port=4566)
    try:
        said = cloud.problem()
    finally:
        cloud.down()

    assert said is not None
    assert said.startswith("In the local cloud here, OpenSearch does not run")
    assert str(cloud.engine.log) in said
    assert "emulator" not in said
    assert said.endswith("predmon up")


def test_a_local_cloud_to_which_nothing_is_deployed_says_so(cloud: LocalCloud, home: Path) -> None:
    cloud.engine.spawn(FOREVER, port=9250)
    cloud.emulator.spawn(FOREVER, port=4566)
    try:
        said = cloud.problem()
        (home / "env").touch()
        (home / "outputs.json").touch()
        complete = cloud.problem()
    finally:
        cloud.down()

    assert said is not None
    assert "the last `predmon up` did not finish" in said
    assert said.endswith("predmon up")
    assert complete is None


def test_a_local_cloud_of_which_nothing_runs_is_no_trouble(cloud: LocalCloud, home: Path) -> None:
    assert cloud.problem() is None


def test_the_settings_of_the_last_up_are_remembered(cloud: LocalCloud, home: Path) -> None:
    assert cloud.find_remembered_settings("") == {}

    (home / "settings.json").write_text(json.dumps({"log_groups": "/a,/b"}))

    assert cloud.find_remembered_settings("") == {"log_groups": "/a,/b"}


def test_down_ends_a_cdk_that_outlived_its_up(cloud: LocalCloud, home: Path) -> None:
    (home / "logs").mkdir()
    with psutil.Popen(FOREVER) as process:
        CdkRecord(cloud.logs, "deploy").write(process.pid)

        stopped = cloud.down()

    assert stopped == ["cdk deploy"]
    assert cloud.down() == []


def test_an_emulator_that_does_not_answer_is_said_with_its_log(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(Emulator, "url", f"http://127.0.0.1:{silent.getsockname()[1]}")

        with pytest.raises(UserError, match="the AWS emulator did not answer within") as said:
            cloud.emulator.has_stack("CDKToolkit")

    assert str(cloud.emulator.log) in str(said.value)


def test_an_emulator_that_begins_anew_says_what_goes(
    cloud: LocalCloud, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cloud.emulator, "spawn", lambda *_, **__: None)
    monkeypatch.setattr(cloud.emulator, "wait_until", lambda *_, **__: None)
    cloud.emulator.start(ENGINE, 4566)
    first = capsys.readouterr().err

    cloud.emulator.start("http://127.0.0.1:9251", 4566)

    assert first == ""
    assert "log groups and bucket are empty" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("address", "engine"), [("dashboards:5601", "2.19"), (None, "9")])
def test_a_mistyped_address_or_version_makes_no_folder(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, address: str | None, engine: str
) -> None:
    monkeypatch.setenv("PREDMON_ENGINE", engine)

    with pytest.raises(UserError):
        cloud.up(address)

    assert not cloud.home.exists()


def test_an_engine_that_cannot_start_ends_the_synthesis_and_is_reported_at_once(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = "import os, subprocess, sys; open(sys.argv[1], 'w').write(str(os.getpid())); subprocess.run(sys.argv[2:])"
    pid_file = tmp_path / "pid"
    monkeypatch.setattr(cdk, "command", lambda *_, **__: [sys.executable, "-c", script, str(pid_file), *FOREVER])
    processes: list[psutil.Process] = []

    def fail_to_start(_: int) -> str:
        while len(processes) < 2:
            time.sleep(0.01)
            if pid_file.exists() and (pid := pid_file.read_text()):
                synthesis = psutil.Process(int(pid))
                processes[:] = [synthesis, *synthesis.children()]
        raise UserError("no room on disk")

    monkeypatch.setattr(cloud.engine, "start", fail_to_start)
    began = time.monotonic()

    with pytest.raises(UserError, match="no room on disk"):
        cloud.up()

    assert time.monotonic() - began < 10
    assert CdkRecord(cloud.logs, "synth").facts == {}
    left = [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert left == []
