"""A panel that cannot be drawn leaves the others drawn."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboards.importer.saved_objects import load, to_ndjson
from dashboards.preview.app import create_app
from dashboards.preview.importing import import_ndjson
from dashboards.preview.store import Store


class Engine:
    """An engine with one document. `bounds` are the smallest and the largest value of every field."""

    def __init__(self, bounds: tuple[float, float], **result: Any) -> None:
        self.bounds = bounds
        self.result = result

    def msearch(self, body: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        """Answer each search."""
        return {"responses": [self._answer(each.get("aggs", {})) for each in body[1::2]]}

    def _answer(self, aggs: dict[str, Any]) -> dict[str, Any]:
        low, high = self.bounds
        found = {name: {"value": high if name == "maxAgg" else low, "buckets": [], **self.result} for name in aggs}
        return {"hits": {"hits": [], "total": {"value": 1}}, "aggregations": found, "_shards": {"failed": 0}}


def drawn(engine: Engine, home: Path, board: str) -> dict[str, dict[str, Any]]:
    import_ndjson(Store(home), to_ndjson(load()).decode(), overwrite=True)
    client = TestClient(create_app(engine, home, home), base_url="http://127.0.0.1")  # type: ignore[arg-type]
    titles = {each["index"]: each["title"] for each in client.get(f"/preview/dashboards/{board}").json()["panels"]}
    panels = client.get(f"/preview/dashboards/{board}/data").json()["panels"]
    return {titles[index]: each for index, each in panels.items()}


def test_values_too_far_apart_for_bars_fail_one_panel(tmp_path: Path) -> None:
    found = drawn(Engine((-1.7e308, 1.7e308)), tmp_path, "details")

    failed = {title: each["message"] for title, each in found.items() if each["kind"] == "error"}
    assert set(failed) == {"Confidence", "Predicted values"}
    assert failed["Predicted values"].startswith("the smallest and the largest value are too far apart for bars")
    assert found["Predicted values over time"]["kind"] == "series"


def test_an_answer_that_nobody_foresaw_fails_its_panels_and_is_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = drawn(Engine((0, 1), buckets=[{}]), tmp_path, "details")

    assert "KeyError" in found["Several labels: predictions with each"]["message"]
    assert "KeyError" in capsys.readouterr().err
    assert found["Inputs and edge cases"]["kind"] == "markdown"
