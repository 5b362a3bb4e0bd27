"""The local cloud's folder, ports and end, without starting any of its parts."""

import importlib
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from predmon import paths
from predmon.errors import LocalError
from predmon.local import cloud as cloud_module
from predmon.local import deploy
from tests.unit.predmon.local.docker import Docker

ENGINE = "http://127.0.0.1:9250"
FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as it is with a PREDMON_HOME of the test's own, which is not there yet."""
    with monkeypatch.context() as patch:
        patch.setenv("PREDMON_HOME", str(tmp_path / "home"))
        importlib.reload(paths)
        importlib.reload(deploy)
        yield importlib.reload(cloud_module)
    for module in (paths, deploy, cloud_module):
        importlib.reload(module)


@pytest.fixture
def home(cloud: ModuleType) -> Path:
    """Its folder, after an `up`."""
    cloud.LOCAL.mkdir()
    cloud.LOCK.touch()
    return cloud.LOCAL


def test_removing_the_data_leaves_what_others_put_into_the_folder(cloud: ModuleType, home: Path) -> None:
    (home / "opensearch").mkdir()
    (home / "opensearch" / "index").touch()
    (home / "thesis.txt").write_text("all of it")

    assert cloud.remove_data()

    assert [path.name for path in home.iterdir()] == ["thesis.txt"]


def test_removing_the_data_removes_a_folder_in_which_nothing_else_is(cloud: ModuleType, home: Path) -> None:
    assert cloud.remove_data()

    assert not home.exists()


def test_a_folder_that_no_up_has_made_its_own_is_left_alone(cloud: ModuleType) -> None:
    (cloud.LOCAL / "logs").mkdir(parents=True)

    assert not cloud.remove_data()

    assert (cloud.LOCAL / "logs").exists()


def test_a_folder_that_holds_other_things_is_refused(cloud: ModuleType) -> None:
    (cloud.LOCAL / "logs").mkdir(parents=True)

    with pytest.raises(LocalError, match="holds other things"):
        cloud.up()

    assert [path.name for path in cloud.LOCAL.iterdir()] == ["logs"]


def test_while_the_container_is_there_its_port_is_the_dashboards(cloud: ModuleType, home: Path, docker: Docker) -> None:
    docker.install()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        cloud.container.start(ENGINE, port)

        assert cloud.choose_ports()["dashboards"] == port
        assert cloud.drawing().url == f"http://127.0.0.1:{port}"


def test_down_stops_the_processes_whatever_docker_says(cloud: ModuleType, home: Path, docker: Docker) -> None:
    docker.install()
    cloud.container.start(ENGINE, 5601)
    cloud.engine.spawn(FOREVER, port=9250)
    docker.install(failing="info")

    with pytest.raises(LocalError, match="No Docker engine answers"):
        cloud.down()

    assert cloud.engine.facts == {}
    docker.install()
    assert cloud.down() == ["the Dashboards container"]


def test_up_looks_for_docker_before_it_starts_anything(cloud: ModuleType, docker: Docker) -> None:
    docker.install(failing="info")

    with pytest.raises(LocalError, match="Start Docker, or leave out --dashboards docker"):
        cloud.up(in_docker=True)

    assert not cloud.LOCAL.exists()


def test_ports_of_the_last_time_are_wanted_again(cloud: ModuleType, home: Path) -> None:
    first = cloud.choose_ports()

    assert cloud.choose_ports() == first == json.loads((home / "ports.json").read_text())


def test_what_does_not_run_of_a_local_cloud_is_named_with_its_log(cloud: ModuleType, home: Path) -> None:
    cloud.emulator.spawn(FOREVER, port=4566)
    try:
        said = cloud.trouble()
    finally:
        cloud.down()

    assert said is not None
    assert said.startswith("Of the local cloud here, OpenSearch does not run")
    assert str(cloud.engine.log) in said
    assert "emulator" not in said
    assert said.endswith("predmon up")


def test_a_local_cloud_to_which_nothing_is_deployed_says_so(cloud: ModuleType, home: Path) -> None:
    cloud.engine.spawn(FOREVER, port=9250)
    cloud.emulator.spawn(FOREVER, port=4566)
    try:
        said = cloud.trouble()
        (home / "env").touch()
        (home / "outputs.json").touch()
        complete = cloud.trouble()
    finally:
        cloud.down()

    assert said is not None
    assert "the last `predmon up` did not finish" in said
    assert said.endswith("predmon up")
    assert complete is None


def test_a_local_cloud_of_which_nothing_runs_is_no_trouble(cloud: ModuleType, home: Path) -> None:
    assert cloud.trouble() is None


def test_settings_that_are_not_given_again_are_named(cloud: ModuleType, home: Path) -> None:
    cloud.SETTINGS.write_text(json.dumps({"log_groups": "/a,/b", "store_text": "hash"}))

    assert cloud.not_given({"log_groups": "/a"}) == ["store_text=hash"]
    assert cloud.not_given({"log_groups": "/a", "store_text": "none"}) == []


def test_before_the_first_up_no_setting_is_missed(cloud: ModuleType, home: Path) -> None:
    assert cloud.not_given({}) == []


def test_an_emulator_that_begins_anew_says_what_goes(
    cloud: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cloud.emulator, "spawn", lambda *_, **__: None)
    monkeypatch.setattr(cloud.emulator, "wait_until", lambda *_, **__: None)
    cloud.emulator.start(ENGINE, 4566)
    first = capsys.readouterr().err

    cloud.emulator.start("http://127.0.0.1:9251", 4566)

    assert first == ""
    assert "log groups and failure bucket begin empty" in " ".join(capsys.readouterr().err.split())
