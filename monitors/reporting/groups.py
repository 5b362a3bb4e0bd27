"""Which groups are judged one by one: the largest log groups, and of each the largest model versions.

Names of versions and log groups are somebody's input. However many there are, a run judges a bounded number of them.
What is left is counted, and reported as `(all others)`. Where several accounts send, each has an equal share, so that
none of them takes the place of another one's log groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitors.reporting.periods import UNVERSIONED, Group
from monitors.reporting.wording import format_count

MOST_LOG_GROUPS = 1000
MOST_VERSIONS = 20
"""The most versions of a log group that are judged one by one."""
MOST_ACCOUNTS = 50
"""OpenSearch gives 65,535 buckets in an answer, so 1,000 log groups of each."""
ACCOUNT = "@owner.keyword"
Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Returns what is aggregated over the predictions in question."""
OTHERS = "(all others)"
"""The name of what is not judged one by one."""


@dataclass(frozen=True)
class Others:
    """Rows of versions or log groups that are not judged one by one."""

    group: Group
    rows: int
    names: int
    """How many versions or log groups there are, about."""

    def __str__(self) -> str:
        if self.group.log_group == OTHERS:
            return f"about {format_count(self.names, 'log group')} with few predictions, not judged one by one"
        few = f"about {format_count(self.names, 'model version')} with few predictions, not judged one by one"
        return f"{few}: log a version that changes seldom"


@dataclass(frozen=True)
class Listing:
    """The groups that are judged, with the bucket that OpenSearch gave of each, and what is left."""

    buckets: Mapping[Group, Mapping[str, Any]] = field(default_factory=dict)
    others: tuple[Others, ...] = ()


def ask_versions(version: str, inner: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the aggregations for the largest versions, to stand within a log group."""
    terms = {"terms": {"field": version, "missing": UNVERSIONED, "size": MOST_VERSIONS}}
    return {
        "versions": terms | ({"aggs": dict(inner)} if inner else {}),
        "all_versions": {"cardinality": {"field": version}},
    }


def ask_log_groups(log_group: str, inner: Mapping[str, Any], only: Sequence[str] = ()) -> dict[str, Any]:
    """Return the aggregations for the largest log groups, or for these `only`; `inner` stands within each."""
    terms: dict[str, Any] = {"field": log_group, "size": MOST_LOG_GROUPS}
    if only:
        terms["include"] = list(only)
    return {
        "log_groups": {"terms": terms, "aggs": dict(inner)},
        "all_log_groups": {"cardinality": {"field": log_group}},
    }


def list_log_groups(ask: Ask, log_group: str, inner: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer to `ask_log_groups` for the largest log groups of each account that sends."""
    found = ask(ask_log_groups(log_group, inner))
    if not found or not found["log_groups"]["sum_other_doc_count"]:
        return found
    of_each = {"log_groups": {"terms": {"field": log_group, "size": MOST_LOG_GROUPS}}}
    accounts = {"terms": {"field": ACCOUNT, "missing": "", "size": MOST_ACCOUNTS}, "aggs": of_each}
    buckets = ask({"accounts": accounts})["accounts"]["buckets"]
    if len(buckets) < 2:
        return found
    names = share([[each["key"] for each in account["log_groups"]["buckets"]] for account in buckets])
    shared = dict(ask(ask_log_groups(log_group, inner, names)))
    rows, shared_rows = (_count_rows(each["log_groups"]) for each in (found, shared))
    shared["log_groups"] = {**shared["log_groups"], "sum_other_doc_count": max(0, rows - shared_rows)}
    return shared | {"all_log_groups": found["all_log_groups"]}


def share(of_accounts: Sequence[Sequence[str]]) -> list[str]:
    """Return the names that are judged: the first of each account, then the second of each, until there are enough."""
    longest = max(map(len, of_accounts), default=0)
    in_turn = (names[rank] for rank in range(longest) for names in of_accounts if rank < len(names))
    return list(dict.fromkeys(in_turn))[:MOST_LOG_GROUPS]


def _count_rows(terms: Mapping[str, Any]) -> int:
    return int(terms["sum_other_doc_count"] + sum(each["doc_count"] for each in terms["buckets"]))


def read_listing(answer: Mapping[str, Any]) -> Listing:
    """Return the groups of an answer to `ask_log_groups` with `ask_versions` in it; an empty answer has none."""
    if not answer:
        return Listing()
    found: dict[Group, Mapping[str, Any]] = {}
    others = list(read_other_log_groups(answer))
    for bucket in answer["log_groups"]["buckets"]:
        found |= {Group(bucket["key"], each["key"]): each for each in bucket["versions"]["buckets"]}
        others += read_other_versions(bucket["key"], bucket)
    return Listing(found, tuple(others))


def read_other_versions(log_group: str, bucket: Mapping[str, Any]) -> Iterator[Others]:
    """Yield what is left of a log group's versions, if anything is."""
    if rows := bucket["versions"]["sum_other_doc_count"]:
        names = bucket["all_versions"]["value"] - len(bucket["versions"]["buckets"])
        yield Others(Group(log_group, OTHERS), rows, max(1, names))


def read_other_log_groups(answer: Mapping[str, Any]) -> Iterator[Others]:
    """Yield what is left of the log groups, if anything is."""
    if rows := answer["log_groups"]["sum_other_doc_count"]:
        names = answer["all_log_groups"]["value"] - len(answer["log_groups"]["buckets"])
        yield Others(Group(OTHERS, OTHERS), rows, max(1, names))
