"""Parts of the dashboards tests: the server under test, and the events that they send."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import requests
from opensearchpy import OpenSearch, helpers
from playwright.sync_api import Locator, Page

from dashboards.importer.config import Config

LIVE = "cwl-*,raw-*,drift-*,quality-*,prediction-actuals"
"""Where a deployment keeps its data. A test's documents must not stay there."""


@dataclass(frozen=True)
class Server:
    """The URLs of Dashboards and of the OpenSearch behind it."""

    url: str
    opensearch_url: str

    @property
    def config(self) -> Config:
        """The importer's configuration for it."""
        return Config(opensearch_url=self.opensearch_url, dashboards_url=self.url, ready_timeout_seconds=120)

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        """Make one call with the header that Dashboards requires. Do not follow redirects."""
        options.setdefault("headers", {"osd-xsrf": "true"})
        return requests.request(method, self.url + path, timeout=60, allow_redirects=False, **options)


@dataclass
class Events:
    """Predictions with a log group of their own, so that other tests' events do not count."""

    engine: OpenSearch
    log_group: str
    sent: list[dict]

    @property
    def query(self) -> str:
        """The search text that finds only these."""
        return f'@log_group.keyword : "{self.log_group}"'

    def send(self, text: str, label: str, score: float, *, minutes_ago: float = 1, **more: object) -> dict:
        """Index one prediction as the shipper does, and make it searchable at once."""
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
        """Write these documents to the index of their day."""
        actions = [
            {
                "_index": f"{'cwl' if 'prediction' in each else 'raw'}-{each['@timestamp'][:10].replace('-', '.')}",
                "_id": each["@id"],
                "_source": each,
            }
            for each in events
        ]
        helpers.bulk(self.engine, actions, refresh=True)
        self.sent += events


def forget(engine: OpenSearch, log_group: str) -> None:
    """Delete whatever the indices of people's own data hold of a test's log group."""
    engine.delete_by_query(
        index=LIVE, body={"query": of_group(log_group)}, refresh=True, conflicts="proceed", ignore_unavailable=True
    )


def of_group(log_group: str) -> dict:
    """Return the query for everything of a log group: predictions, raw lines, reports."""
    fields = ("@log_group.keyword", "log_group")
    return {"bool": {"should": [{"prefix": {field: log_group}} for field in fields], "minimum_should_match": 1}}


def predictions(events: Events) -> list[dict]:
    """Return the events that are predictions."""
    return [each for each in events.sent if "prediction" in each]


def open_page(page: Page, server: Server, query: str = "", *, board: str = "mlops-dashboard", **params: str) -> None:
    """Open a dashboard in the preview, and wait until it is drawn."""
    page.goto("about:blank")  # else only the address changes, and the page before counts as drawn
    given = "&".join(f"{name}={quote(value, safe='')}" for name, value in {"query": query, **params}.items() if value)
    page.goto(f"{server.url}/app/dashboards#/view/{board}?{given}")
    page.wait_for_selector("#grid[aria-busy=false]")


def panel(page: Page, title: str) -> Locator:
    """Return the panel with this title."""
    return page.locator(f'section[data-title="{title}"]')


def numbers_of(page: Page, title: str) -> list[list[str]]:
    """Return the rows of a table, or those that a chart's button "as a table" shows."""
    found = panel(page, title)
    if found.get_attribute("data-kind") in ("series", "pie"):
        found.hover()
        found.locator(".flip").click()
    return [row.locator("td").all_inner_texts() for row in found.locator("tbody tr").all()]


def models_now(page: Page) -> list[dict]:
    """Return the rows of the main page's table, the first one first, as they are drawn."""
    script = "(body) => body.vega.data('rows').toSorted((a, b) => a.y - b.y).map(({only, ...row}) => row)"
    return list(panel(page, "Models now").locator(".body").evaluate(script))


def sums_now(page: Page) -> dict[str, str]:
    """Return the first row of the main page's table: the first word of each label, and its number."""
    script = "(body) => [...body.vega.data('states'), ...body.vega.data('sums')].map((each) => [each.label, each.text])"
    found = panel(page, "Models now").locator(".body").evaluate(script)
    return {label.partition(",")[0].partition(" (")[0]: text for label, text in found}


def tile(page: Page, title: str) -> str:
    """Return the number in a tile."""
    return panel(page, title).locator("strong").inner_text()
