"""Who is judged: the model versions of each log group that are alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opensearchpy import OpenSearch

from monitors.drift.windows.searching import IS_RAW, LOG_GROUP, VERSION, ask, within
from monitors.reporting.answers import PartialAnswerError
from monitors.reporting.periods import UNVERSIONED, Group, Period, read_millis

MOST_GROUPS = 1000
SEEN_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Seen:
    """The groups with predictions in a period, with the time of their newest; and what could not be told."""

    newest: Mapping[Group, datetime]
    problems: Mapping[str, str] = field(default_factory=dict)
    """By log group."""

    def alive(self, start: datetime) -> list[Group]:
        """Return the groups seen since `start`, and the newest version of each other log group."""
        newest: dict[str, Group] = {}
        for group, seen in self.newest.items():
            kept = newest.setdefault(group.log_group, group)
            if seen > self.newest[kept]:
                newest[group.log_group] = group
        found = [each for each, seen in self.newest.items() if seen >= start or newest[each.log_group] == each]
        return sorted(found, key=str)


def find_groups(search: OpenSearch, period: Period) -> Seen:
    """Find every log group and model version with a prediction in the period.

    A log group with more than 1,000 versions is a problem of its own. Raises PartialAnswerError above 1,000 log groups.
    """
    versions = {
        "terms": {"field": VERSION, "missing": UNVERSIONED, "size": MOST_GROUPS},
        "aggs": {"newest": {"max": {"field": "@timestamp"}}},
    }
    by_group = {"terms": {"field": LOG_GROUP, "size": MOST_GROUPS}, "aggs": {"versions": versions}}
    body = {"query": {"bool": {"filter": within(period), "must_not": [IS_RAW]}}, "aggs": {"groups": by_group}}
    answer = ask(search, body).get("aggregations")
    if answer is None:
        return Seen({})
    if answer["groups"]["sum_other_doc_count"]:
        raise PartialAnswerError(f"more than {MOST_GROUPS:,} log groups: not all of them can be compared")
    found: dict[Group, datetime] = {}
    problems: dict[str, str] = {}
    for log_group in answer["groups"]["buckets"]:
        name = log_group["key"]
        if log_group["versions"]["sum_other_doc_count"]:
            problems[name] = f"{name} has more than {MOST_GROUPS:,} model versions: log a version that changes seldom"
            continue
        for version in log_group["versions"]["buckets"]:
            found[Group(name, version["key"])] = read_millis(version["newest"]["value"])
    return Seen(found, problems)
