"""How long the newest run of a group is kept that is not judged any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from opensearchpy import OpenSearch, helpers

from monitors.reporting.answers import ask
from monitors.reporting.periods import format_iso

KEPT_FOR = timedelta(days=30)
MOST_AT_ONCE = 1000
GONE = 404


def forget_gone(search: OpenSearch, newest_runs: str, now: datetime) -> int:
    """Delete the newest runs of groups that were not judged for 30 days; return how many. The history keeps them."""
    old = [{"term": {"kind": "now"}}, {"range": {"@timestamp": {"lt": format_iso(now - KEPT_FOR)}}}]
    body = {"size": MOST_AT_ONCE, "query": {"bool": {"filter": old}}, "_source": False}
    hits = ask(search, newest_runs, body)["hits"]["hits"]
    actions = [{"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]} for hit in hits]
    return int(helpers.bulk(search, actions, ignore_status=(GONE,))[0]) if actions else 0
