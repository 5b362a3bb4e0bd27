"""More log groups or versions than can be counted."""

from datetime import UTC, datetime

import pytest
from opensearchpy import OpenSearch, helpers

from monitors.drift.config import Config
from monitors.drift.windows.groups import MOST_GROUPS, find_groups
from monitors.reporting.answers import PartialAnswerError
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, index, normal


def test_more_log_groups_than_can_be_counted_are_an_error_and_no_verdict(search: OpenSearch) -> None:
    start = datetime(2020, 1, 2, tzinfo=UTC)
    index_versions(search, start, "{}")

    with pytest.raises(PartialAnswerError, match="1,000"):
        find_groups(search, Period(start, start + HOUR))


def test_more_versions_than_can_be_counted_stop_their_log_group_alone(
    search: OpenSearch, group: Group, config: Config
) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    index_versions(search, start, "one log group")
    index(search, group, normal(10), Period(start, start + HOUR))

    seen = find_groups(search, Period(start, start + HOUR))

    assert group in seen.newest
    assert list(seen.problems) == ["one log group"]


def index_versions(search: OpenSearch, start: datetime, log_group: str) -> None:
    into = {"_index": f"cwl-{start:%Y.%m.%d}", "@timestamp": start.isoformat()}
    of_each = [
        {**into, "@log_group": log_group.format(version), "model": {"version": str(version)}}
        for version in range(MOST_GROUPS + 1)
    ]
    helpers.bulk(search, of_each, refresh=True)
