"""Old days are deleted where they are: from an archive, or with an index of their own. Reports stay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from monitors.days.capacity import read_capacity
from tests.local.days.conftest import FIRST, PER_DAY, documents, ids, indices


def test_a_day_is_deleted_from_the_archive_when_it_is_over_for_the_retention(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(3)
    run(4.5, retention_days=10)

    assert run(10.9, retention_days=10)["deleted"] == []
    assert len(ids(search)) == total
    assert run(11.1, retention_days=10)["deleted"] == ["cwl-2026.10.01", "raw-2026.10.01"]

    assert len(ids(search)) == total - PER_DAY
    assert "cwl-2026.10.01" not in search.indices.get_alias(index="cwl-*")["cwl-from-2026.10.01"]["aliases"]


def test_an_archive_goes_with_its_last_day(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(2)
    run(4.5)

    run(30, retention_days=10)

    assert indices(search) == indices(search, "raw-*") == []


def test_a_day_that_was_never_folded_is_deleted_with_its_index(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(2)

    done = run(11.5, retention_days=10)

    assert "cwl-2026.10.01" in done["deleted"]
    assert len(ids(search)) == PER_DAY


def test_late_events_of_a_deleted_day_are_deleted_by_the_next_run(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(2)
    run(11.5, retention_days=10)
    helpers.bulk(search, documents("cwl", FIRST, 3), refresh=True)

    run(11.6, retention_days=10)

    assert len(ids(search, "cwl-2026.10.*")) == PER_DAY


def test_reports_stay_and_their_months_are_folded(search: OpenSearch, run: Callable[..., dict[str, Any]]) -> None:
    for month in (8, 9, 10):
        for kind in ("drift", "quality"):
            at = {"@timestamp": f"2026-{month:02d}-15T00:00:00Z", "kind": "run"}
            search.index(index=f"{kind}-2026.{month:02d}", id=f"{month}", body=at, refresh=True)

    run(10, retention_days=10)

    assert indices(search, "drift-*") == ["drift-2026.10", "drift-from-2026.08"]
    assert ids(search, "quality-*") == ["10", "8", "9"]
    assert (FIRST - timedelta(days=1)).month == 9


def test_what_the_domain_has_room_for_is_read(search: OpenSearch, days: Callable[[int], int]) -> None:
    before = read_capacity(search)
    days(3)

    found = read_capacity(search)

    assert (found.shards, found.most_shards, found.rated_shards) == (before.shards + 6, 1000, 24)
    assert 0 < found.shards_percent < 5
    assert 0 < found.heap_percent < 100
    assert f"of 1,000 shards (rated for 24), heap {found.heap_percent} % used" in str(found)
