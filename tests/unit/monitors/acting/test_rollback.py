"""The alias goes back to the version before that holds another model, once, and only where that version is to blame."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.acting.rollback import ALIAS, Move, RollbackError, roll_back, roll_forward

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Lambda:
    """The Lambda service, as far as an alias is moved: versions are (number, code, hours since it was published)."""

    def __init__(self, versions: list[tuple[int, str, float]], at: int) -> None:
        self.versions = versions
        self.alias = {"FunctionVersion": str(at), "Description": "", "RevisionId": "r1"}
        self.updates: list[dict[str, Any]] = []

    def get_alias(self, **names: str) -> dict[str, str]:
        assert names == {"FunctionName": "model", "Name": ALIAS}
        return dict(self.alias)

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_versions_by_function"
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        yield {
            "Versions": [{"Version": "$LATEST", "CodeSha256": "newest", "LastModified": "2026-01-01T00:00:00.000+0000"}]
        }
        for number, code, hours in self.versions:
            time = (NOW - hours * HOUR).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
            yield {"Versions": [{"Version": str(number), "CodeSha256": code, "LastModified": time}]}

    def update_alias(self, **update: Any) -> None:
        self.updates.append(update)
        self.alias |= {"FunctionVersion": update["FunctionVersion"], "Description": update["Description"]}


def test_it_goes_to_the_newest_version_before_with_another_model() -> None:
    service = Lambda([(1, "a", 90), (2, "b", 60), (9, "b", 50), (10, "c", 9), (11, "c", 5)], at=11)

    assert roll_back(service, "model", reason="i1", since=NOW - HOUR) == Move("11", "9")
    (update,) = service.updates
    assert update["RevisionId"] == "r1" and update["RoutingConfig"] == {"AdditionalVersionWeights": {}}


def test_the_same_incident_moves_nothing_again() -> None:
    service = Lambda([(1, "a", 90), (2, "b", 60), (3, "c", 9)], at=3)
    roll_back(service, "model", reason="i1", since=NOW - HOUR)

    with pytest.raises(RollbackError, match="rolled back before"):
        roll_back(service, "model", reason="i1", since=NOW - HOUR)

    assert len(service.updates) == 1


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ([(1, "a", 90), (2, "b", 0.5)], "published after the trouble began"),
        ([(1, "a", 900), (2, "b", 200)], "over 7 days: it is not new"),
        ([(2, "b", 9)], "no version before 2 holds another model"),
        ([(1, "b", 90), (2, "b", 9)], "no version before 2 holds another model"),
        ([(1, "a", 90)], "is no published version"),
    ],
)
def test_it_declines_and_says_why(versions: list[tuple[int, str, float]], said: str) -> None:
    service = Lambda(versions, at=2)

    with pytest.raises(RollbackError, match=said):
        roll_back(service, "model", reason="i1", since=NOW - HOUR)

    assert not service.updates


def test_a_person_may_go_back_from_an_old_version_and_forth_again() -> None:
    service = Lambda([(1, "a", 900), (2, "b", 800)], at=2)

    assert roll_back(service, "model", reason="by hand") == Move("2", "1")
    assert roll_forward(service, "model", reason="by hand") == Move("1", "2")
    with pytest.raises(RollbackError, match="at the newest version, 2"):
        roll_forward(service, "model", reason="by hand")


def test_models_on_s3_differ_by_their_checksum() -> None:
    service = Lambda([(1, "same", 90), (2, "same", 9)], at=2)
    pages = list(service.paginate())
    for page, checksum in zip(pages[1:], ("one", "two"), strict=True):
        page["Versions"][0]["Environment"] = {"Variables": {"MODEL_SHA256": checksum}}
    service.paginate = lambda **_: iter(pages)  # type: ignore[method-assign]

    assert roll_back(service, "model", reason="i1", since=NOW - HOUR) == Move("2", "1")
