"""Fixtures of the local cloud's tests."""

import pytest

from tests.unit.predmon.local.docker import Docker


@pytest.fixture
def docker(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Docker:
    """A `docker` that the test can install. Before that, there is no Docker on PATH."""
    return Docker(tmp_path_factory.mktemp("docker"), monkeypatch)
