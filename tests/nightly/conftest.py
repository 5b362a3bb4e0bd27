"""The same local cloud and OpenSearch as in `tests/local`."""

from tests.local.conftest import cloud, opensearch_url

__all__ = ["cloud", "opensearch_url"]
