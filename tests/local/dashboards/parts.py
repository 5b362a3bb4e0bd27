"""What the dashboards tests share: the server under test and the events that they send."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests
from opensearchpy import OpenSearch, helpers

from dashboards.importer.config import Config


@dataclass(frozen=True)
class Server:
    """Where Dashboards and the OpenSearch behind it answer."""

    url: str
    opensearch_url: str

    @property
    def config(self) -> Config:
        """What the importer needs to know of it."""
        return Config(opensearch_url=self.opensearch_url, dashboards_url=self.url, ready_timeout_seconds=120)

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        """One call with the header that Dashboards wants, redirects left to the test."""
        options.setdefault("headers", {"osd-xsrf": "true"})
        return requests.request(method, self.url + path, timeout=60, allow_redirects=False, **options)


@dataclass
class Events:
    """Predictions of one made-up model, so that other tests' events do not count."""

    engine: OpenSearch
    log_group: str
    sent: list[dict]

    @property
    def query(self) -> str:
        """What to type into the search box to see these alone."""
        return f'@log_group.keyword : "{self.log_group}"'

    def send(self, text: str, label: str, score: float, *, minutes_ago: float = 1, **more: object) -> dict:
        """Index one prediction as the shipper does, searchable at once."""
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        event = {
            "@id": uuid.uuid4().hex,
            "@timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "@log_group": self.log_group,
            "text": text,
            "prediction": {"label": label, "score": score},
            "shipper": {"text_characters": len(text), "text_words": len(text.split())},
            **more,
        }
        self.put([event])
        return event

    def put(self, events: list[dict]) -> None:
        """Index these documents into the index of their day."""
        actions = [
            {"_index": f"cwl-{each['@timestamp'][:10].replace('-', '.')}", "_id": each["@id"], "_source": each}
            for each in events
        ]
        helpers.bulk(self.engine, actions, refresh=True)
        self.sent += events
