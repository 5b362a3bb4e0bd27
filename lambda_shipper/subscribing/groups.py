"""Which log groups the rules mean, and the filters that make it so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contracts.own_groups import is_own
from lambda_shipper.subscribing.config import Config

FILTERS_PER_GROUP = 2
"""What CloudWatch Logs allows a log group."""
MOST_NAMED = 20

subscribed: set[str] = set()
"""Log groups that are known to have the filter, so that a scheduled run asks only about new ones."""


@dataclass
class Found:
    """What one run found and did."""

    attached: int = 0
    new: int = 0
    removed: int = 0
    full: list[str] = field(default_factory=list)
    """Log groups that have two filters of others."""
    other_class: int = 0
    """Log groups of a class without filters, such as infrequent access."""

    def report(self) -> dict[str, Any]:
        """Return the line that the function prints."""
        listed = self.full[:MOST_NAMED]
        counts = {"attached": self.attached, "new": self.new, "removed": self.removed, "other_class": self.other_class}
        return {**counts, "full": len(self.full), "full_groups": listed}


def means(config: Config, log_group: str) -> bool:
    """Return whether the rules mean this log group; never one of this project's own."""
    wanted = any(_matches(pattern, log_group) for pattern in config.patterns)
    return wanted and not any(_matches(each, log_group) for each in config.left_out) and not is_own(log_group)


def _matches(pattern: str, log_group: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), log_group) is not None


def attach(logs: Any, config: Config) -> Found:
    """Put the filter on each log group that the rules mean and that lacks it."""
    found = Found()
    for group in _log_groups(logs):
        name = group["logGroupName"]
        if not means(config, name):
            continue
        if group.get("logGroupClass", "STANDARD") != "STANDARD":
            found.other_class += 1
        elif name in subscribed or _attach(logs, config, name, found):
            subscribed.add(name)
            found.attached += 1
    return found


def detach(logs: Any, config: Config, *, everything: bool) -> int:
    """Remove the filter from log groups that the rules do not mean, or from all; return from how many."""
    removed = 0
    for group in _log_groups(logs):
        name = group["logGroupName"]
        if (everything or not means(config, name)) and _find_own_filter(_filters(logs, name), config):
            logs.delete_subscription_filter(logGroupName=name, filterName=config.filter_name)
            subscribed.discard(name)
            removed += 1
    return removed


def _attach(logs: Any, config: Config, log_group: str, found: Found) -> bool:
    filters = _filters(logs, log_group)
    own = _find_own_filter(filters, config)
    if not own and len(filters) >= FILTERS_PER_GROUP:
        found.full.append(log_group)
        return False
    wanted = _choose_wanted(config)
    if not own or any(own.get(key) != value for key, value in wanted.items()):
        logs.put_subscription_filter(logGroupName=log_group, **wanted)
        found.new += 1
    return True


def _choose_wanted(config: Config) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "filterName": config.filter_name,
        "filterPattern": config.filter_pattern,
        "destinationArn": config.destination_arn,
    }
    if config.role_arn:
        wanted["roleArn"] = config.role_arn
    if config.system_fields:
        wanted["emitSystemFields"] = list(config.system_fields)
    if config.on_transformed:
        wanted["applyOnTransformedLogs"] = True
    return wanted


def _filters(logs: Any, log_group: str) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = logs.describe_subscription_filters(logGroupName=log_group)["subscriptionFilters"]
    return filters


def _find_own_filter(filters: list[dict[str, Any]], config: Config) -> dict[str, Any] | None:
    return next((each for each in filters if each["filterName"] == config.filter_name), None)


def _log_groups(logs: Any) -> Iterator[dict[str, Any]]:
    for page in logs.get_paginator("describe_log_groups").paginate():
        yield from page["logGroups"]
