"""How a run is stored while others run, and what is left of it in metrics."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from opensearchpy.helpers import BulkIndexError

from monitors.drift.reports.report import make_metrics, write
from tests.unit.monitors.drift.reports.test_report import drifted


class Meanwhile:
    """A domain from which another run of the same window removes a stale document first, and has stored a newer run."""

    transport = SimpleNamespace(serializer=SimpleNamespace(dumps=json.dumps))

    def search(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        stale = [{"_index": "drift-2026.05", "_id": "stale"}]
        return {"hits": {"hits": [] if body["_source"] else stale}}

    def bulk(self, body: str, **_: object) -> dict[str, Any]:
        lines = [json.loads(line) for line in body.splitlines()]
        actions = [next(iter(line.items())) for line in lines if line.keys() <= {"index", "delete"}]
        return {"items": [{kind: {"status": self.status(kind, action)}} for kind, action in actions]}

    def status(self, kind: str, action: dict[str, Any]) -> int:
        return 404 if kind == "delete" else 409 if action["_index"] == "drift-now" else 200


def test_two_runs_of_a_window_at_once_disturb_nobody() -> None:
    write(Meanwhile(), drifted())  # type: ignore[arg-type]


def test_a_refused_document_is_an_error() -> None:
    domain = Meanwhile()
    domain.status = lambda *_: 400  # type: ignore[method-assign]

    with pytest.raises(BulkIndexError):
        write(domain, drifted())  # type: ignore[arg-type]


def test_a_field_with_letters_that_cloudwatch_does_not_take_keeps_no_metric_back() -> None:
    odd = replace(drifted().findings[0], signal="größe")

    data = make_metrics([replace(drifted(), findings=(odd,))], of_signals=True)

    assert {each["Dimensions"][1]["Value"] for each in data if len(each.get("Dimensions", ())) == 2} == {"gr??e"}
