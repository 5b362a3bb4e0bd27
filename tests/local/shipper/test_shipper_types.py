"""The first line of a day decides no type that the dashboard or drift reads. Only its own fault keeps a line raw."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import requests

from lambda_shipper.config import Config
from lambda_shipper.delivery.outcome import Outcome
from lambda_shipper.domain.client import Client
from lambda_shipper.domain.indices import open_indices
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import decode
from tests.local.shipper.parts import put_templates
from tests.shipping import NOON, log_events, payload

NORMAL = {
    "text": "All is well.",
    "prediction": {"label": "acceptable", "score": 0.75},
    "model": {"name": "m", "version": "1"},
    "latency_ms": 3,
    "request_id": "r-1",
}
READ = {
    "score": {"avg": {"field": "prediction.score"}},
    "labels": {"terms": {"field": "prediction.label.keyword"}},
    "versions": {"terms": {"field": "model.version.keyword"}},
    "latency": {"percentiles": {"field": "latency_ms"}},
}
"""The fields that the dashboard and the drift function read."""
DAYS = count(1000)


@dataclass
class Day:
    """An index only for this test."""

    url: str
    at: int

    @property
    def index(self) -> str:
        return time.strftime("cwl-%Y.%m.%d", time.gmtime(self.at / 1000))

    def ship(self, *lines: Any) -> Outcome:
        config = Config(opensearch_url=self.url)
        events = log_events(map(json.dumps, lines), first=self.at, at=self.at)
        self.at += len(events)
        batch = decode(payload(events), config.max_batch_bytes)
        return ship([batch], config, Client(config), until=time.monotonic() + 20)

    def read(self) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/{self.index}/_search", json={"size": 0, "aggs": READ})
        assert answer.status_code == 200, answer.text
        return answer.json()["aggregations"]

    def labels(self) -> dict[str, int]:
        return {each["key"]: each["doc_count"] for each in self.read()["labels"]["buckets"]}


@pytest.fixture
def day(opensearch_url: str) -> Iterator[Day]:
    put_templates(opensearch_url)
    open_indices.cache_clear()
    day = Day(opensearch_url, NOON + next(DAYS) * 86_400_000)
    yield day
    requests.delete(f"{opensearch_url}/{day.index}").raise_for_status()


def refresh(day: Day) -> None:
    requests.post(f"{day.url}/{day.index}/_refresh").raise_for_status()


@pytest.mark.parametrize(
    ("odd", "left_out"),
    [
        ({"prediction": {"label": "a", "score": "high"}}, ["prediction.score"]),
        ({"prediction": {"label": "a", "score": True}}, ["prediction.score"]),
        ({"prediction": {"label": "a", "value": {"b": 1}}}, ["prediction.value"]),
        ({"prediction": {"label": "a"}, "model": [{"a": 1}, 7]}, ["model"]),
        ({"prediction": {"label": "a"}, "model": {"name": {"a": 1}}}, ["model.name"]),
        ({"prediction": {"label": "a"}, "latency_ms": "3 ms"}, ["latency_ms"]),
        ({"prediction": {"label": "a"}, "latency_ms": {"p50": 3}}, ["latency_ms"]),
        (
            {"prediction": {"label": "a"}, "request_id": {"a": 1}, "error": 7, "latency_ms": "x"},
            ["request_id", "latency_ms"],
        ),
    ],
    ids=json.dumps,
)
def test_own_key_that_does_not_fit_is_left_out_of_its_line_alone(
    day: Day, odd: dict[str, Any], left_out: list[str]
) -> None:
    first = day.ship(odd)

    others = day.ship(NORMAL, NORMAL)

    assert (first.indexed, first.kept_raw) == (1, 0)
    assert (others.indexed, others.totals()["left_out"]) == (2, 0)
    refresh(day)
    hits = requests.post(f"{day.url}/{day.index}/_search", json={"query": {"exists": {"field": "shipper.left_out"}}})
    [hit] = hits.json()["hits"]["hits"]
    assert sorted(hit["_source"]["shipper"]["left_out"]) == sorted(left_out)
    assert day.read()["score"]["value"] == 0.75
    assert day.labels() == {"a": 1, "acceptable": 2}


@pytest.mark.parametrize(
    "odd",
    [{"prediction": {"score": {"a": 0.5}}}, {"prediction": {"label": {"a": 1}}}, {"prediction": [[1, 2], [3, 4]]}],
    ids=json.dumps,
)
def test_prediction_without_a_meaning_is_kept_raw_alone(day: Day, odd: dict[str, Any]) -> None:
    first = day.ship(odd)

    others = day.ship(NORMAL, NORMAL)

    assert (first.indexed, first.kept_raw) == (0, 1)
    assert (others.indexed, others.kept_raw) == (2, 0)
    refresh(day)
    assert day.labels() == {"acceptable": 2}


@pytest.mark.parametrize(
    ("unusual", "labels", "score"),
    [
        ({"prediction": "ok"}, {"ok": 1}, 0.75),
        ({"prediction": True}, {"true": 1}, 0.75),
        ({"prediction": 0.25}, {}, 0.75),
        ({"prediction": ["a", "b"]}, {}, 0.75),
        ({"prediction": None}, {}, 0.75),
        ({"prediction": []}, {}, 0.75),
        ({"prediction": [{"label": "a", "score": 0.25}, {"label": "b", "score": 0.75}]}, {"b": 1}, 0.75),
        ({"prediction": {"label": ["a", "b"], "score": [0, 1]}}, {"b": 1}, 1.75 / 2),
        ({"prediction": {"label": True, "score": "0.25"}}, {"true": 1}, 0.5),
        ({"prediction": {"label": 3, "score": 0}}, {"3": 1}, 0.375),
        ({"prediction": {"label": None, "score": None}}, {}, 0.75),
        ({"prediction": {"value": 3, "interval": {"low": 2, "high": 4}}}, {}, 0.75),
        ({"prediction": {"label": "a"}, "model": "m"}, {"a": 1}, 0.75),
        ({"prediction": {"label": "a"}, "model": 7}, {"a": 1}, 0.75),
        ({"prediction": {"label": "a"}, "model": {"name": 7, "version": 1.5}}, {"a": 1}, 0.75),
        ({"prediction": {"label": "a"}, "latency_ms": "3", "request_id": 5}, {"a": 1}, 0.75),
    ],
    ids=json.dumps,
)
def test_first_line_of_the_day_that_is_unusual_is_indexed_as_are_all_after_it(
    day: Day, unusual: dict[str, Any], labels: dict[str, int], score: float
) -> None:
    first = day.ship(unusual)

    others = day.ship(NORMAL)

    assert (first.indexed, others.indexed) == (1, 1)
    refresh(day)
    assert day.read()["score"]["value"] == pytest.approx(score)
    assert day.labels() == {"acceptable": 1, **labels}
