"""How long actuals are kept, and how many there are in each state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.actuals import INDEX
from monitors.reporting.answers import ask
from monitors.reporting.periods import format_iso


def delete_old(search: OpenSearch, now: datetime, days: int) -> int:
    """Delete the actuals whose prediction is older than so many days; return how many. 0 days keep all.

    The age of an actual without a prediction counts from its own time. So an actual goes when the day of its
    prediction does.
    """
    if not days:
        return 0
    before = {"lt": format_iso(now - timedelta(days=days))}
    alone = {"bool": {"filter": [{"range": {"@timestamp": before}}], "must_not": [{"exists": {"field": "predicted"}}]}}
    either: list[dict[str, Any]] = [{"range": {"predicted": before}}, alone]
    answer = search.delete_by_query(
        index=INDEX,
        body={"query": {"bool": {"should": either}}},
        params={"conflicts": "proceed", "ignore_unavailable": "true", "refresh": "true"},
    )
    return int(answer["deleted"])


def count_states(search: OpenSearch) -> dict[str, int]:
    """Return how many actuals are in each state, and, as `refused: reason`, why.

    `several_predictions` counts those whose id names several predictions of one model.
    """
    reasons = {"reasons": {"terms": {"field": "reason"}}}
    several = {"filter": {"exists": {"field": "named_predictions"}}}
    aggregations = {"states": {"terms": {"field": "state"}, "aggs": reasons}, "several": several}
    answer = ask(search, INDEX, {"size": 0, "aggs": aggregations}).get("aggregations", {})
    found = answer.get("states", {}).get("buckets", ())
    counts = {each["key"]: each["doc_count"] for each in found}
    for each in found:
        counts |= {f"{each['key']}: {why['key']}": why["doc_count"] for why in each["reasons"]["buckets"]}
    number = answer.get("several", {}).get("doc_count", 0)
    return counts | ({"several_predictions": number} if number else {})
