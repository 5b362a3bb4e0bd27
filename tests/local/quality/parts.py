"""What the quality tests share: predictions and actuals, really indexed, and a join."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from contracts import actuals
from monitors.quality.config import Config
from monitors.quality.joining import join

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GROUP = "/aws/lambda/model"
Actual = tuple[str, dict[str, Any], datetime]


def predict(search: OpenSearch, predictions: Iterable[dict[str, Any]]) -> None:
    """Index predictions as the shipper does; `_id` and `at` are taken out of each."""
    actions = []
    for each in predictions:
        source = {"@log_group": GROUP, "prediction": {"label": "a", "score": 0.9}, **each}
        moment, id = source.pop("at", NOW - HOUR), source.pop("_id", None)
        source["@timestamp"] = moment.isoformat(timespec="milliseconds")
        actions.append({"_index": f"cwl-{moment:%Y.%m.%d}", **({"_id": id} if id else {}), "_source": source})
    helpers.bulk(search, actions, refresh=True, chunk_size=5000)


def tell(search: OpenSearch, id: str, actual: dict[str, Any], at: datetime = NOW, log_group: str = "") -> int:
    """Index one actual; return the status of the answer."""
    return deliver(search, [(id, actual, at)], log_group)[0]


def deliver(search: OpenSearch, told: Sequence[Actual], log_group: str = "") -> list[int]:
    """Index actuals in one request as the shipper does; return the status of each answer."""
    lines = []
    for id, actual, at in told:
        moment = round(at.timestamp() * 1000)
        lines.append(actuals.action(id, actual, moment, log_group))
        lines.append(actuals.document(id, actual, moment, source="/aws/lambda/labelling", log_group=log_group))
    answer = search.bulk(body=lines, params={"refresh": "true"})
    return [each["index"]["status"] for each in answer["items"]]


def deliver_many(search: OpenSearch, told: Sequence[Actual], *, times: int, at_once: int) -> None:
    """Index all actuals so many times, in batches of 100 of which so many are on their way at once."""
    batches = [told[start : start + 100] for start in range(0, len(told), 100)] * times
    with ThreadPoolExecutor(at_once) as pool:
        for statuses in pool.map(lambda batch: deliver(search, batch), batches):
            assert set(statuses) <= {200, 201, 409}


def run_join(search: OpenSearch, config: Config, now: datetime = NOW, seconds: float = 60) -> Counter[str]:
    return join(search, config, now, time.monotonic() + seconds)


def stored(search: OpenSearch, id: str, log_group: str = "") -> dict[str, Any]:
    return search.get(index=actuals.INDEX, id=actuals.identity(id, log_group))["_source"]


def states(search: OpenSearch) -> dict[str, int]:
    search.indices.refresh(index=actuals.INDEX)
    body = {"size": 0, "aggs": {"states": {"terms": {"field": "state"}}}}
    buckets = search.search(index=actuals.INDEX, body=body)["aggregations"]["states"]["buckets"]
    return {each["key"]: each["doc_count"] for each in buckets}
