"""In which order log groups are judged, so that each has its turn even where one run's time is too short for all."""

from __future__ import annotations

from collections.abc import Iterable

from opensearchpy import OpenSearch

from monitors.reporting.answers import ask

MOST_LOG_GROUPS = 10_000


def order_by_age(search: OpenSearch, newest_runs: str, log_groups: Iterable[str]) -> list[str]:
    """Return the log groups: those without a run first, then the one whose newest run is the oldest.

    `newest_runs` is the index that holds the newest run of each group.
    """
    by_group = {
        "terms": {"field": "log_group", "size": MOST_LOG_GROUPS},
        "aggs": {"newest": {"max": {"field": "@timestamp"}}},
    }
    body = {"size": 0, "query": {"term": {"kind": "now"}}, "aggs": {"log_groups": by_group}}
    found = ask(search, newest_runs, body).get("aggregations", {}).get("log_groups", {}).get("buckets", ())
    judged = {each["key"]: each["newest"]["value"] or 0 for each in found}
    return sorted(log_groups, key=lambda name: (judged.get(name, 0), name))
