"""What the tests against real parts share: an OpenSearch node of their own."""

from collections.abc import Iterator

import pytest

from local.engine import Engine


@pytest.fixture(scope="session")
def opensearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an empty OpenSearch node that lives as long as the test session."""
    engine = Engine(tmp_path_factory.mktemp("opensearch"))
    yield engine.start()
    engine.stop()
