"""Groups that are not judged any more leave the newest runs, and stay in the history."""

from datetime import timedelta

from opensearchpy import OpenSearch

from monitors.quality.report import NOW as NEWEST_RUNS
from monitors.reporting.keeping import KEPT_FOR, forget_gone
from tests.local.quality.parts import NOW

SECOND = timedelta(seconds=1)


def test_newest_runs_are_forgotten_after_thirty_days_without_a_run(search: OpenSearch) -> None:
    for name, kind, age in (
        ("kept", "now", KEPT_FOR - SECOND),
        ("gone", "now", KEPT_FOR + SECOND),
        ("all", "overview", KEPT_FOR + SECOND),
    ):
        document = {"kind": kind, "@timestamp": (NOW - age).isoformat()}
        search.index(index=NEWEST_RUNS, id=name, body=document, params={"refresh": "true"})

    assert (forget_gone(search, NEWEST_RUNS, NOW), forget_gone(search, "quality-nothing*", NOW)) == (1, 0)

    search.indices.refresh(index=NEWEST_RUNS)
    hits = search.search(index=NEWEST_RUNS, body={})["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {"kept", "all"}
