"""Dashboards in a container: what `compose.yaml` says, and how Docker is called. The `docker` here is a script."""

import json
from pathlib import Path

import pytest
import yaml

from predmon.errors import UserError
from predmon.local.container import COMPOSE_FILE, Container, docker_answers
from predmon.tools.java import RUNNER
from tests.unit.predmon.local.docker import Docker

ENGINE = "http://127.0.0.1:9250"


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path / "home")


def test_the_image_fits_the_local_engine() -> None:
    service = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["dashboards"]

    engine = RUNNER.rsplit(":", 1)[1]
    assert service["image"].rsplit(":", 1)[1] == ".".join(engine.split(".")[:3])


def test_nobody_else_reaches_it() -> None:
    service = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["dashboards"]

    assert service["environment"]["SERVER_HOST"] == "127.0.0.1"
    assert "ports" not in service


def test_it_starts_over_the_engine_and_is_waited_for(docker: Docker, container: Container) -> None:
    docker.install()

    url = container.start(ENGINE, 5601)

    started = docker.calls.read_text().splitlines()[-1]
    assert url == container.url == "http://127.0.0.1:5601"
    assert "up --detach --wait" in started
    assert "OPENSEARCH_URL=http://127.0.0.1:9250 DASHBOARDS_PORT=5601" in started


def test_stopping_asks_docker_once(docker: Docker, container: Container) -> None:
    docker.install()
    container.start(ENGINE, 5601)

    assert (container.stop(), container.stop(), container.url) == (True, False, None)


def test_without_docker_nothing_answers_and_what_was_not_started_stops(docker: Docker, container: Container) -> None:
    assert not docker_answers()
    assert not container.stop()


def test_a_container_that_docker_no_longer_reaches_is_not_called_stopped(docker: Docker, container: Container) -> None:
    docker.install()
    container.start(ENGINE, 5601)
    docker.install(failing="info")

    with pytest.raises(UserError, match=f"remove {container.record}"):
        container.stop()

    assert container.port == 5601


def test_a_failed_start_gives_dockers_words_and_can_be_stopped(docker: Docker, container: Container) -> None:
    docker.install(failing="up")

    with pytest.raises(UserError, match=r"(?s)up did not work.*Enable host networking"):
        container.start(ENGINE, 5601)

    assert json.loads(container.record.read_text())["port"] == 5601
    assert container.stop()
