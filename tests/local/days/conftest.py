"""An engine only for past days, since what looks after them changes all that there are."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers

from dashboards.importer.connection import Connection
from dashboards.importer.indices import put_index_templates
from monitors.days.handler import tidy
from predmon.local.engine import Engine
from stacks.constructs.index_templates import index_templates

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
PER_DAY = 300


def documents(kind: str, day: datetime, count: int = PER_DAY, **more: Any) -> Iterator[dict[str, Any]]:
    """Give the bulk actions of one day of `cwl` or `raw`, as the shipper would write them."""
    for number in range(count):
        at = day + timedelta(seconds=86_399) * number / count
        yield {
            "_index": f"{kind}-{day:%Y.%m.%d}",
            "_id": f"{kind}-{day:%Y%m%d}-{number}",
            "_source": {
                "@timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "@message": f"line {number}",
                "@log_group": "/aws/lambda/inference",
                "text": f"sentence {number} of {day:%d %B}",
                "prediction": {"label": "acceptable" if number % 3 else "unacceptable", "score": number / count},
                **more,
            },
        }


@pytest.fixture(scope="package")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Engine(tmp_path_factory.mktemp("days")) as engine:
        yield str(engine.url)


@pytest.fixture
def search(engine_url: str) -> Iterator[OpenSearch]:
    """An engine with the templates and nothing else."""
    client = OpenSearch(engine_url, timeout=60)
    put_index_templates(Connection("OpenSearch", engine_url, None, {}), index_templates(1))
    client.indices.delete(index="cwl-*,raw-*,drift-*,quality-*", params={"expand_wildcards": "all"})
    yield client
    client.close()


@pytest.fixture
def days(search: OpenSearch) -> Callable[[int], int]:
    """Write so many days of predictions and lines kept raw; tells how many predictions that are."""

    def write(count: int) -> int:
        for number in range(count):
            day = FIRST + timedelta(days=number)
            helpers.bulk(search, [*documents("cwl", day), *documents("raw", day, 2)], refresh=True)
        return count * PER_DAY

    return write


@pytest.fixture
def run(search: OpenSearch) -> Callable[..., dict[str, Any]]:
    """Look after past days as of a number of days after the first."""

    def after(days: float, retention_days: int = 0, client: OpenSearch = search) -> dict[str, Any]:
        return tidy(client, FIRST + timedelta(days=days), retention_days, time.monotonic() + 600)

    return after


def ids(search: OpenSearch, index: str = "cwl-*") -> list[str]:
    """Return the ids of all documents that a search finds, also those that it finds twice."""
    search.indices.refresh(index=index)
    found = search.search(index=index, body={"size": 10_000, "_source": False, "sort": ["_doc"]})["hits"]["hits"]
    return sorted(hit["_id"] for hit in found)


def indices(search: OpenSearch, pattern: str = "cwl-*") -> list[str]:
    """Return the names of all indices there are, hidden ones too, without aliases."""
    found = search.cat.indices(index=pattern, params={"expand_wildcards": "all", "format": "json", "h": "index"})
    return sorted(each["index"] for each in found)
