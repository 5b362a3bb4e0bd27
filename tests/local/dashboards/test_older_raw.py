"""Lines that an earlier version kept raw among the predictions, on a real engine."""

from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from dashboards.importer.config import Config
from dashboards.importer.connection import connect
from dashboards.importer.older_raw import move_older_raw

DAY, RAW_DAY = "cwl-1997.05.01", "raw-1997.05.01"
LINES = {
    "1": {"prediction": {"label": "spam", "score": 0.9}},
    "2": {"shipper": {"kept_raw": {"reason": "not_json", "detail": "x"}}, "@message": "prediction: spam"},
    "3": {"shipper": {"kept_raw": {"reason": "too_large", "detail": "y"}}, "@message": "prediction: ham"},
}


@pytest.fixture
def engine(opensearch_url: str) -> Iterator[OpenSearch]:
    client = OpenSearch(opensearch_url)
    for id_, line in LINES.items():
        client.index(index=DAY, id=id_, body={"@timestamp": "1997-05-01T12:00:00Z", **line}, refresh=True)
    yield client
    client.indices.delete(index=f"{DAY},{RAW_DAY}", ignore_unavailable=True)


def ids(engine: OpenSearch, index: str) -> list[str]:
    return sorted(hit["_id"] for hit in engine.search(index=index)["hits"]["hits"])


def test_they_move_to_the_same_day_once(engine: OpenSearch, opensearch_url: str) -> None:
    opensearch, _ = connect(Config(opensearch_url=opensearch_url, dashboards_url="http://unused"))

    assert [move_older_raw(opensearch), move_older_raw(opensearch)] == [2, 0]

    assert (ids(engine, DAY), ids(engine, RAW_DAY)) == (["1"], ["2", "3"])
    assert engine.get(index=RAW_DAY, id="2")["_source"]["@message"] == "prediction: spam"
    assert not engine.indices.exists(index="raw-older")


def test_a_move_that_stopped_half_way_goes_on(engine: OpenSearch, opensearch_url: str) -> None:
    opensearch, _ = connect(Config(opensearch_url=opensearch_url, dashboards_url="http://unused"))
    engine.index(index=RAW_DAY, id="2", body={"@timestamp": "1997-05-01T12:00:00Z", **LINES["2"]}, refresh=True)

    assert move_older_raw(opensearch) == 2

    assert ids(engine, RAW_DAY) == ["2", "3"]
