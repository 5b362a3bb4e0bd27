"""Who is judged: the model versions of each log group that are alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.windows.searching import IS_RAW, LOG_GROUP, VERSION, ask, of_group, within
from monitors.reporting.groups import Others, ask_versions, list_log_groups, read_other_log_groups, read_other_versions
from monitors.reporting.periods import UNVERSIONED, Group, Period, format_iso, read_millis

SEEN_WITHIN = timedelta(days=7)
NAME = "model.name.keyword"
MOST_NAMES = 3


@dataclass(frozen=True)
class Seen:
    """The groups that are judged, with the time of their newest prediction; and what is not judged one by one."""

    newest: Mapping[Group, datetime] = field(default_factory=dict)
    others: tuple[Others, ...] = ()


def find_groups(search: OpenSearch, period: Period, since: datetime) -> Seen:
    """Find the largest log groups of a period, and of each the largest versions since a moment and the newest version.

    What is named costs nothing beyond that, however many names there are.
    """
    newest = {"newest": {"max": {"field": "@timestamp"}}}
    last = {
        "terms": {"field": VERSION, "missing": UNVERSIONED, "size": 1, "order": {"newest": "desc"}},
        "aggs": newest,
    }
    lately = {"filter": {"range": {"@timestamp": {"gte": format_iso(since)}}}, "aggs": ask_versions(VERSION, newest)}
    query = {"bool": {"filter": within(period), "must_not": [IS_RAW]}}

    def aggregate(aggregations: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = ask(search, {"query": query, "aggs": aggregations}).get("aggregations", {})
        return found

    answer = list_log_groups(aggregate, LOG_GROUP, {"lately": lately, "last": last})
    if not answer:
        return Seen()
    found: dict[Group, datetime] = {}
    others = list(read_other_log_groups(answer))
    for log_group in answer["log_groups"]["buckets"]:
        name = log_group["key"]
        for version in (*log_group["last"]["buckets"], *log_group["lately"]["versions"]["buckets"]):
            found[Group(name, version["key"])] = read_millis(version["newest"]["value"])
        others += read_other_versions(name, log_group["lately"])
    return Seen(found, tuple(others))


def find_model_names(search: OpenSearch, group: Group, period: Period) -> list[str]:
    """Return the most frequent names of models in a group's predictions, at most `MOST_NAMES`."""
    names = {"terms": {"field": NAME, "size": MOST_NAMES}}
    answer = ask(search, {"query": of_group(group, period), "aggs": {"names": names}})
    return [str(each["key"]) for each in answer.get("aggregations", {}).get("names", {}).get("buckets", ())]
