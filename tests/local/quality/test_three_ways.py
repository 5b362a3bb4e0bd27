"""A truth ends the same however it is told: by a log line, by a request to the example model, or by a file."""

import json
import time
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from inference_lambda.actual import read_actual
from inference_lambda.identity import new_identity
from lambda_shipper.config import Config as ShipperConfig
from lambda_shipper.domain.client import Client
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import decode
from monitors.quality.config import Config
from tests.local.quality.parts import GROUP, NOW, run_join, stored
from tests.local.quality.test_truth_files import deployed, label, send
from tests.shipping import log_events, payload

__all__ = ["deployed"]
OWN = {"@timestamp", "prediction_id", "source", "joined", "named_log_group", "checked"}
"""What tells one truth from another, and how and when it came."""


def deliver(url: str, lines: list[dict[str, Any]]) -> None:
    """Deliver lines as CloudWatch Logs does, to the real shipper."""
    config = ShipperConfig(opensearch_url=url)
    batch = payload(log_events(map(json.dumps, lines), first=1, at=round(NOW.timestamp() * 1000)), logGroup=GROUP)
    ship([decode(batch, config.max_batch_bytes)], config, Client(config), until=time.monotonic() + 20)


def test_a_truth_ends_the_same_by_line_by_request_and_by_file(
    search: OpenSearch, opensearch_url: str, tmp_path: Path
) -> None:
    by_line, by_request, by_file = ids = ["line", new_identity("key"), "file"]
    label(search, dict.fromkeys(ids, "spam") | {"other": "ham"})
    request = {"prediction": {"id": by_request}, "actual": {"label": "ham"}}
    (tmp_path / "a.csv").write_text(f"prediction_id,label\n{by_file},ham\n")

    deliver(opensearch_url, [request | {"prediction": {"id": by_line}}, read_actual(request, ["spam", "ham"], "key")])
    run_join(search, Config(opensearch_url))
    send(tmp_path / "a.csv")

    search.indices.refresh(index="prediction-actuals")
    found = [stored(search, id, "" if id == by_file else GROUP) for id in ids]
    kept = [{name: value for name, value in each.items() if name not in OWN} for each in found]
    assert kept[0] == kept[1] == kept[2]
    assert (kept[0]["state"], kept[0]["actual"], kept[0]["correct"]) == ("joined", {"label": "ham"}, False)
