"""What the tests of the local cloud share."""

import pytest

from tests.unit.predmon.local.docker import Docker


@pytest.fixture
def docker(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Docker:
    """A `docker` for the test to install; nothing of Docker is on PATH until then."""
    return Docker(tmp_path_factory.mktemp("docker"), monkeypatch)
