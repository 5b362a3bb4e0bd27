"""A shipper and a replay function in front of a domain, and what became of the events that they got."""

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import requests

from lambda_shipper.config import Config
from tests.invoking import ROOT, Function
from tests.shipping import NOON, log_events, payload, prediction

INDICES = "cwl-*,raw-*"


class Pipeline:
    """A shipper and a replay function in front of a domain, and the events that they got."""

    def __init__(
        self, domain_url: str, engine_url: str, aws: Mapping[str, str], s3: Any, bucket: str, **settings: Any
    ) -> None:
        self.log_group = f"/test/{uuid.uuid4()}"
        self.engine_url, self.s3, self.bucket = engine_url, s3, bucket
        config = Config(opensearch_url=domain_url, failure_bucket=bucket, **settings)
        environ = {"PATH": os.environ["PATH"], **aws, **config.to_env()}
        self.shipper = Function("lambda_shipper.handler.handler", environ, s3, bucket)
        self.replay = replace(self.shipper, handler="lambda_shipper.replay.handler", processes=[])
        self.predictions: set[str] = set()
        self._next = 0

    def batch(
        self, predictions: int, *, at: int = NOON, step_ms: int = 1, **more: Callable[[int], Any]
    ) -> dict[str, Any]:
        """Return a batch with this many predictions, and a tenth as many other lines."""
        lines = []
        for number in range(predictions):
            lines.append(prediction(self._next + number, **{key: make(number) for key, make in more.items()}))
            if number % 10 == 0:
                lines.append("START RequestId: 8f0e3c1a")
        events = log_events(lines, first=self._next, at=at, step_ms=step_ms)
        self._next += len(events)
        self.predictions |= {event["id"] for event in events if event["message"].startswith("{")}
        return payload(events, logGroup=self.log_group)

    def deliver(self, *batches: dict[str, Any], at_once: int = 2) -> list[bool]:
        """Invoke the shipper with each batch, so many at once, and return which were accepted."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self.shipper.invoke_async, batches))

    def drain(self, seconds: float = 60) -> None:
        """Run replay until the bucket is empty."""
        until = time.monotonic() + seconds
        while self.waiting():
            assert time.monotonic() < until, f"still in the bucket: {self.waiting()}"
            assert self.replay.invoke({}) is None

    def waiting(self) -> list[str]:
        """Return the keys in the failure bucket."""
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())]

    def documents(self) -> list[dict[str, Any]]:
        """Every document of this pipeline's log group, each as often as the domain holds it."""
        requests.post(f"{self.engine_url}/{INDICES}/_refresh").raise_for_status()
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {
            "size": 10_000,
            "query": {"term": {"@log_group.keyword": self.log_group}},
            "sort": [{"_id": "asc"}, {"_index": "asc"}],
        }
        while True:
            answer = requests.post(f"{self.engine_url}/{INDICES}/_search", json=query)
            answer.raise_for_status()
            hits = answer.json()["hits"]["hits"]
            if not hits:
                return found
            found += hits
            query["search_after"] = hits[-1]["sort"]

    def assert_exact(self) -> list[dict[str, Any]]:
        """Assert that every distinct prediction event has exactly one document."""
        documents = self.documents()
        assert len(documents) == len(self.predictions)
        assert {document["_id"] for document in documents} == self.predictions
        return documents


def put_templates(url: str) -> None:
    """Give a domain the shipper's index templates."""
    for name, file in (("cwl", "predictions.json"), ("raw", "raw.json")):
        template = json.loads((ROOT / "contracts/templates" / file).read_text())
        requests.put(f"{url}/_index_template/{name}", json=template).raise_for_status()
