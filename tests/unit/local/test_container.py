"""Dashboards in a container: what `compose.yaml` says, and what Docker is asked. The `docker` here is a script."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from local.container import COMPOSE_FILE, Container
from local.errors import LocalError
from local.java import RUNNER

SCRIPT = """#!/bin/sh
echo "$* OPENSEARCH_URL=$OPENSEARCH_URL DASHBOARDS_PORT=$DASHBOARDS_PORT" >> {log}
case "$*" in *{failing}*) echo "{failing} did not work" >&2; exit 1;; esac
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201
    """Puts a `docker` first on PATH that fails at what the test names; returns the calls it got."""

    def install(failing: str = "nothing-at-all") -> Path:
        script, log = tmp_path / "docker", tmp_path / "calls"
        script.write_text(SCRIPT.format(log=log, failing=failing))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return log

    return install


def test_the_image_fits_the_local_engine() -> None:
    service = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["dashboards"]

    engine = RUNNER.rsplit(":", 1)[1]
    assert service["image"].rsplit(":", 1)[1] == ".".join(engine.split(".")[:3])


def test_nobody_else_reaches_it() -> None:
    service = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["dashboards"]

    assert service["environment"]["SERVER_HOST"] == "127.0.0.1"
    assert "ports" not in service


def test_it_starts_over_the_engine_and_is_waited_for(docker, tmp_path: Path) -> None:  # noqa: ANN001
    calls = docker()
    container = Container(tmp_path / "home")

    url = container.start("http://127.0.0.1:9250", 5601)

    started = calls.read_text().splitlines()[-1]
    assert url == container.url == "http://127.0.0.1:5601"
    assert "up --detach --wait" in started
    assert "OPENSEARCH_URL=http://127.0.0.1:9250 DASHBOARDS_PORT=5601" in started


def test_stopping_asks_docker_once(docker, tmp_path: Path) -> None:  # noqa: ANN001
    docker()
    container = Container(tmp_path / "home")
    container.start("http://127.0.0.1:9250", 5601)

    assert (container.stop(), container.stop(), container.url) == (True, False, None)


def test_without_an_engine_it_says_what_to_do(docker, tmp_path: Path) -> None:  # noqa: ANN001
    docker(failing="info")

    with pytest.raises(LocalError, match="Start Docker, or leave out --dashboards docker"):
        Container(tmp_path / "home").start("http://127.0.0.1:9250", 5601)


def test_a_failed_start_gives_dockers_words_and_can_be_stopped(docker, tmp_path: Path) -> None:  # noqa: ANN001
    docker(failing="up")
    container = Container(tmp_path / "home")

    with pytest.raises(LocalError, match="up did not work"):
        container.start("http://127.0.0.1:9250", 5601)

    assert json.loads(container.record.read_text())["port"] == 5601
    assert container.stop()
