"""Past days are folded while people search, events come late, and runs are killed."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers

from monitors.days.folding import wait_for_searches
from tests.local.days.conftest import FIRST, PER_DAY, documents, ids, indices

ARCHIVE = "cwl-from-2026.10.01"


class KilledError(BaseException):
    """The function is ended from outside."""


class Killed(OpenSearch):
    """A client that is ended just before its n-th request, or just after it."""

    def __init__(self, url: str, requests: int, *, after: bool) -> None:
        super().__init__(url, timeout=60)
        perform, self.left = self.transport.perform_request, requests

        def counted(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0 and not after:
                raise KilledError
            answer = perform(*arguments, **options)
            if self.left < 0:
                raise KilledError
            return answer

        self.transport.perform_request = counted


def test_days_that_are_over_become_one_index_and_stay_where_searches_look(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(4)

    done = run(4.5)

    assert indices(search) == ["cwl-2026.10.04", ARCHIVE]
    assert indices(search, "raw-*") == ["raw-2026.10.04", "raw-from-2026.10.01"]
    assert done["left"] == []
    assert len(set(ids(search))) == len(ids(search)) == total
    for pattern in ("cwl-2026.*", "cwl-2026.10.*", "cwl-2026.10.0*"):
        assert len(ids(search, pattern)) == total
    assert len(ids(search, "cwl-2026.10.02")) == len(ids(search, "cwl-2026.10.02*")) == PER_DAY
    assert search.get(index="cwl-2026.10.02", id="cwl-20261002-7")["_source"]["@message"] == "line 7"


def test_a_second_run_changes_nothing(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(3)
    run(4.5)
    before = search.indices.get(index="cwl-*,raw-*")

    assert run(4.5) == {"deleted": [], "folded": [], "left": []}
    assert search.indices.get(index="cwl-*,raw-*") == before


def test_no_search_sees_a_document_twice_or_not_at_all_meanwhile(
    search: OpenSearch, engine_url: str, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total, seen, is_over = days(8), Counter[tuple[int, int, int]](), threading.Event()

    def look() -> None:
        client = OpenSearch(engine_url, timeout=60)
        while not is_over.is_set():
            answer = client.search(index="cwl-*", body={"size": 1, "track_total_hits": True})
            shards = answer["_shards"]
            missing = shards["total"] - shards["successful"]
            seen[answer["hits"]["total"]["value"], shards["failed"], missing] += 1

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for day in range(2, 10):
        run(day)
    is_over.set()
    for thread in threads:
        thread.join()

    assert seen.keys() == {(total, 0, 0)}
    assert sum(seen.values()) > 100
    assert indices(search) == [ARCHIVE]


@pytest.mark.parametrize("after", [False, True], ids=["before the request", "after it"])
def test_a_run_that_is_killed_anywhere_shows_everything_once_and_the_next_one_goes_on(
    search: OpenSearch, engine_url: str, days: Callable[[int], int], run: Callable[..., dict[str, Any]], after: bool
) -> None:
    total, kills = days(2), 0
    for requests in range(200):
        try:
            run(5, client=Killed(engine_url, requests, after=after))
        except KilledError:
            kills += 1
        else:
            break
        assert len(ids(search)) == len(set(ids(search))) == total, f"killed at request {requests}"
        if kills % 7 == 0:  # and sometimes a late run begins from the beginning
            search.indices.delete(index="cwl-*,raw-*", params={"expand_wildcards": "all"})
            days(2)

    assert kills > 20
    assert indices(search) == [ARCHIVE]
    assert len(ids(search)) == len(set(ids(search))) == total


def test_late_and_repeated_events_go_to_their_day_once(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(2)
    run(5)

    helpers.bulk(search, documents("cwl", FIRST, PER_DAY + 5), refresh=True)

    assert indices(search) == [ARCHIVE]
    assert len(ids(search)) == len(set(ids(search))) == total + 5
    assert len(ids(search, "cwl-2026.10.01")) == PER_DAY + 5


def test_events_of_a_day_that_had_none_make_a_day_which_is_folded(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(2)
    run(5)
    helpers.bulk(search, documents("cwl", FIRST - timedelta(days=30), 3), refresh=True)

    run(5)

    assert indices(search) == [ARCHIVE]
    assert len(ids(search)) == total + 3


def test_a_day_takes_no_events_while_it_is_copied(
    search: OpenSearch, engine_url: str, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    days(1)
    for requests in range(1, 60):
        try:
            run(5, client=Killed(engine_url, requests, after=True))
        except KilledError:
            settings = search.indices.get_settings(index="cwl-2026.10.01")["cwl-2026.10.01"]["settings"]["index"]
            if settings.get("blocks"):
                break
    late = next(documents("cwl", FIRST, 1)) | {"_id": "late"}

    with pytest.raises(helpers.BulkIndexError, match="blocked by"):
        helpers.bulk(search, [late])
    run(5)
    helpers.bulk(search, [late], refresh=True)

    assert ids(search).count("late") == 1
    assert len(ids(search)) == PER_DAY + 1


def test_the_deletion_of_a_person_s_text_is_complete(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(3)
    run(4.5)
    query = {"match_phrase": {"text": "sentence 7 of"}}

    search.delete_by_query(index="cwl-*,raw-*", body={"query": query}, params={"refresh": "true"})
    run(10)

    everywhere = search.count(index="*", body={"query": query}, params={"expand_wildcards": "all"})
    assert everywhere["count"] == 0
    assert len(ids(search)) == total - 3


def test_a_field_of_another_type_begins_another_archive(search: OpenSearch, run: Callable[..., dict[str, Any]]) -> None:
    for number, value in enumerate((1.5, "often", 2.5)):
        day = FIRST + timedelta(days=number)
        helpers.bulk(search, documents("cwl", day, 5, load=value), refresh=True)
    numbers = {"query": {"range": {"load": {"gt": 2}}}}
    before = search.search(index="cwl-*", body=numbers)["hits"]["total"]

    run(9)

    assert indices(search) == [ARCHIVE, "cwl-from-2026.10.02"]
    assert search.search(index="cwl-*", body=numbers)["hits"]["total"] == before
    assert search.indices.get_field_mapping(fields="load", index="cwl-2026.10.01,cwl-2026.10.02")


def test_a_day_with_a_document_of_another_time_stays_as_it_is(
    search: OpenSearch, days: Callable[[int], int], run: Callable[..., dict[str, Any]]
) -> None:
    total = days(2)
    odd = next(documents("cwl", FIRST, 1)) | {"_index": "cwl-2026.10.02", "_id": "odd"}
    helpers.bulk(search, [odd], refresh=True)

    done = run(5)

    assert indices(search) == ["cwl-2026.10.02", ARCHIVE]
    assert "cwl-2026.10.02 holds documents of another time" in done["left"][0]
    assert len(ids(search)) == total + 1
    helpers.bulk(search, [odd | {"_id": "late"}], refresh=True)
    assert len(ids(search)) == total + 2


def test_a_large_day_stays_an_index_of_its_own(
    search: OpenSearch,
    days: Callable[[int], int],
    run: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days(1)
    monkeypatch.setattr("monitors.days.handler.MOST_PERIOD_BYTES", 100)

    run(5)

    assert indices(search) == ["cwl-2026.10.01"]


def test_a_search_that_is_under_way_is_waited_for(search: OpenSearch) -> None:
    assert wait_for_searches(search, until=float("inf"))
