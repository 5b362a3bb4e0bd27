"""More log groups or versions than are judged one by one."""

from datetime import UTC, datetime

import pytest
from opensearchpy import OpenSearch, helpers

from monitors.drift.all_groups import compare_each
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.windows.changed_windows import find_changed_windows
from monitors.drift.windows.groups import find_groups
from monitors.reporting import groups as listing
from monitors.reporting.groups import OTHERS, Others
from monitors.reporting.periods import UNVERSIONED, Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal

MANY = "a version for each request"


def test_of_many_log_groups_the_largest_are_judged_and_the_others_counted(
    search: OpenSearch, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2020, 1, 2, tzinfo=UTC)
    period = Period(start, start + HOUR)
    index_versions(search, start, "{}", 50)
    index(search, group, normal(10), period)
    monkeypatch.setattr(listing, "MOST_LOG_GROUPS", 2)

    seen = find_groups(search, period, start)

    assert group in seen.newest
    assert (len(seen.newest), seen.others) == (2, (Others(Group(OTHERS, OTHERS), 49, 49),))


def test_an_account_with_very_many_log_groups_takes_no_place_of_another_one(
    search: OpenSearch, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2020, 1, 3, tzinfo=UTC)
    period = Period(start, start + HOUR)
    for number in range(60):
        index_versions(search, start, f"210987654321:/aws/lambda/flood-{number}", 20, owner="210987654321")
    index_versions(search, start, "/aws/lambda/ours", 3, owner="123456789012")
    index_versions(search, start, "345678901234:/aws/lambda/theirs", 2, owner="345678901234")
    monkeypatch.setattr(listing, "MOST_LOG_GROUPS", 10)

    seen = find_groups(search, period, start)

    judged = {each.log_group for each in seen.newest}
    assert {"/aws/lambda/ours", "345678901234:/aws/lambda/theirs"} < judged
    assert len(judged) == 10
    assert Others(Group(OTHERS, OTHERS), 52 * 20, 52) in seen.others


def test_of_many_versions_the_largest_and_the_newest_are_judged_and_no_other_log_group_notices(
    search: OpenSearch, group: Group, config: Config
) -> None:
    index(search, group, normal(500), Period(NOW - 26 * HOUR, NOW - 25 * HOUR))
    index(search, group, normal(300, seed=2), LAST_HOUR)
    real = Group(MANY, "7")
    index(search, real, normal(300, seed=3), LAST_HOUR)
    index_versions(search, LAST_HOUR.start, MANY, 20_000)

    outcomes = list(compare_each(search, LAST_HOUR, config))

    runs = {run.group: run for outcome in outcomes for run in outcome.runs}
    assert not any(outcome.problems for outcome in outcomes)
    assert runs[group].verdict is Verdict.STABLE
    assert runs[real].predictions == 300
    others = runs[Group(MANY, OTHERS)]
    assert 19_900 < others.predictions < 20_300
    assert "not judged one by one: log a version that changes seldom" in others.explanation
    assert len([each for each in runs if each.log_group == MANY]) <= listing.MOST_VERSIONS + 2


def test_only_versions_that_are_judged_are_judged_again(search: OpenSearch, group: Group, config: Config) -> None:
    index_versions(search, LAST_HOUR.start, group.log_group, 2000)
    index(search, Group(group.log_group, UNVERSIONED), normal(5), LAST_HOUR)

    assert find_changed_windows(search, group.log_group, ["(none)"], LAST_HOUR, HOUR) == []


def test_a_champion_and_a_shadow_of_one_version_are_said_to_be_judged_as_one(
    search: OpenSearch, group: Group, config: Config
) -> None:
    rows = [{**row, "model": {"name": name, "version": group.model_version}} for name in "ab" for row in normal(150)]
    index(search, group, rows, LAST_HOUR)

    assert (
        "models “a”, “b” share this version and are judged as one"
        in compare(search, group, LAST_HOUR, config).explanation
    )


def index_versions(search: OpenSearch, start: datetime, log_group: str, number: int, *, owner: str = "") -> None:
    into = {"_index": f"cwl-{start:%Y.%m.%d}", "@timestamp": start.isoformat(), **({"@owner": owner} if owner else {})}
    of_each = [
        {**into, "@log_group": log_group.format(version), "model": {"version": f"request {version}"}}
        for version in range(number)
    ]
    helpers.bulk(search, of_each, refresh=True)
