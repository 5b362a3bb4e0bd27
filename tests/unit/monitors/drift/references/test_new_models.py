"""What is said of a model before it has a reference, and while people get to know a new version."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy.exceptions import NotFoundError

from monitors.drift.comparing import compare, find_references
from monitors.drift.config import Config
from monitors.drift.references.reference import ACCEPTED, AUTOMATIC, Card
from monitors.reporting.periods import Group, Period

GROUP = Group("/aws/lambda/model", "2")
END = datetime(2026, 5, 8, 12, tzinfo=UTC)
HOUR = Period(END - timedelta(hours=1), END)


class Domain:
    """A domain with 300 predictions in any period, none of them kept raw or ahead of time, and these references."""

    def __init__(self, *cards: Card) -> None:
        self.indices = self
        self.cards = cards
        self.asked: list[str] = []

    def refresh(self, index: str) -> None:
        if not self.cards:
            raise NotFoundError(404, "index_not_found_exception", {})

    def field_caps(self, **_: object) -> dict[str, Any]:
        return {"fields": {}}

    def search(self, *, index: str, body: dict[str, Any], **_: object) -> dict[str, Any]:
        self.asked.append(json.dumps(body["query"]))
        found = self.cards if index == "prediction-reference" else ()
        nothing = index == "raw-*" or '"gt"' in self.asked[-1] or '"filter": [{"exists"' in self.asked[-1]
        hits = {"total": {"value": 0 if nothing else 300}, "hits": [{"_source": stored(each)} for each in found]}
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": hits}


def stored(card: Card) -> dict[str, Any]:
    """Return a card as it is stored."""
    period = {"from": card.period.start.isoformat(), "to": card.period.end.isoformat()}
    head = {"name": card.name, "revision": card.revision, "origin": card.origin, "predictions": card.predictions}
    group = {"log_group": card.group.log_group, "model": {"version": card.group.model_version}}
    return {**head, **group, **period, "frozen": card.frozen.isoformat()}


def card(version: str, revision: int, begun: datetime, days: float, origin: str = AUTOMATIC) -> Card:
    """Return the card of a reference that began at a moment and took so many days."""
    period = Period(begun, begun + timedelta(days=days))
    return Card(f"revision {revision}", revision, Group(GROUP.log_group, version), period, 2000, period.end, origin)


def test_a_run_without_a_reference_says_how_many_predictions_its_window_holds() -> None:
    run = compare(Domain(), GROUP, HOUR, Config("http://unused"))  # type: ignore[arg-type]

    assert run.predictions == 300


def test_a_version_that_a_person_accepted_stays_accepted_when_its_reference_grows() -> None:
    begun = END - timedelta(days=2, hours=6)
    domain = Domain(
        card("1", 1, END - timedelta(days=60), 14),
        card("2", 1, begun, 0.1),
        card("2", 2, begun, 0.1, ACCEPTED),
        Card("first 2 days", 3, GROUP, Period(begun, begun + timedelta(days=2)), 9000, END),
    )

    found = find_references(domain, GROUP, HOUR, Config("http://unused"))  # type: ignore[arg-type]

    assert found.own and found.own.revision == 3
    assert found.before is None


def test_the_first_predictions_of_a_reference_are_counted_without_those_that_failed() -> None:
    domain = Domain()

    find_references(domain, GROUP, HOUR, Config("http://unused"))  # type: ignore[arg-type]

    assert all("shipper.failed" in asked for asked in domain.asked)
