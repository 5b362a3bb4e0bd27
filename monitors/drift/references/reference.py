"""Reference windows: frozen once, named, numbered, and never changed afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConflictError, NotFoundError

from contracts.indices import DRIFT_REFERENCES
from monitors.drift.statistics.distribution import tally_from_json
from monitors.drift.statistics.seasons import Season
from monitors.drift.statistics.words import TextCounts
from monitors.drift.windows.counting import Window
from monitors.reporting.periods import Group, Period, format_iso

INDEX = DRIFT_REFERENCES.name
"""Not under `drift-*`: references are no reports, and must outlive them."""
FEWEST_DAYS = timedelta(days=3)
"""A shorter reference is preliminary."""
AUTOMATIC, BY_HAND, ACCEPTED = "automatic", "by hand", "accepted"


@dataclass(frozen=True)
class Card:
    """What is known of a reference without reading its counts."""

    name: str
    revision: int
    group: Group
    period: Period
    predictions: int
    frozen: datetime
    origin: str = AUTOMATIC

    @property
    def is_preliminary(self) -> bool:
        """Tell whether it holds too few days to know what is normal at which hour."""
        return self.period.length < FEWEST_DAYS

    @property
    def identity(self) -> str:
        """The document's id."""
        key = [self.group.log_group, self.group.model_version, self.revision]
        return hashlib.sha256(json.dumps(key).encode()).hexdigest()

    def summary(self) -> dict[str, Any]:
        """Return what reports say of the reference that they compare with."""
        return {
            "name": self.name,
            "revision": self.revision,
            "model_version": self.group.model_version,
            "from": format_iso(self.period.start),
            "to": format_iso(self.period.end),
            "predictions": self.predictions,
            "preliminary": self.is_preliminary,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Card:
        """Make the card of a stored reference, also of one from before `origin` was stored."""
        period = Period(datetime.fromisoformat(stored["from"]), datetime.fromisoformat(stored["to"]))
        group = Group(stored["log_group"], stored["model"]["version"])
        frozen = datetime.fromisoformat(stored["frozen"])
        by_name = AUTOMATIC if stored["name"].startswith("first ") else BY_HAND
        origin = stored.get("origin", by_name)
        return cls(stored["name"], stored["revision"], group, period, stored["predictions"], frozen, origin)


@dataclass(frozen=True)
class Reference:
    """What is normal for a group, until a newer revision is frozen."""

    card: Card
    window: Window
    season: Season = field(default_factory=Season)
    segment_field: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Which paths of the input are not watched, and why."""
    texts: TextCounts | None = None
    """The words of its texts; None where no text is stored."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.card.name

    @property
    def revision(self) -> int:
        """Its number among those of its group."""
        return self.card.revision

    @property
    def group(self) -> Group:
        """Whose predictions it holds."""
        return self.card.group

    def to_json(self) -> dict[str, Any]:
        """Return the document to store; signals are a list, so that no label becomes a field of the index."""
        card = self.card
        return {
            "name": card.name,
            "revision": card.revision,
            "frozen": format_iso(card.frozen),
            "origin": card.origin,
            "log_group": card.group.log_group,
            "model": {"version": card.group.model_version},
            "from": format_iso(card.period.start),
            "to": format_iso(card.period.end),
            "predictions": card.predictions,
            "segment_field": self.segment_field,
            "signals": [{"signal": name, **each.to_json()} for name, each in self.window.signals.items()],
            "season": self.season.to_json(),
            "problems": [list(each) for each in self.window.problems.items()],
            "inputs": {
                "left_out": [list(each) for each in self.left_out.items()],
                "texts": self.texts and self.texts.to_json(),
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reference:
        """Make what `to_json` gave, also from documents that know no season."""
        card = Card.from_json(stored)
        signals = {each["signal"]: tally_from_json(each) for each in stored["signals"]}
        season = Season.from_json(stored["season"]) if "season" in stored else Season()
        window = Window(card.period, card.predictions, signals, problems=dict(stored.get("problems", [])))
        inputs = stored.get("inputs", {})
        texts = TextCounts.from_json(inputs["texts"]) if inputs.get("texts") else None
        return cls(card, window, season, stored.get("segment_field", ""), dict(inputs.get("left_out", [])), texts)


def list_cards(search: OpenSearch, log_group: str) -> list[Card]:
    """Return all references of a log group, the one frozen last first."""
    body = {
        "size": 10_000,
        "query": {"term": {"log_group": log_group}},
        "sort": [{"frozen": "desc"}, {"revision": "desc"}],
        "_source": {"excludes": ["signals", "season", "problems", "inputs"]},
    }
    try:
        search.indices.refresh(index=INDEX)
        found = search.search(index=INDEX, body=body, allow_partial_search_results=False)["hits"]["hits"]
    except NotFoundError:
        return []
    return [Card.from_json(hit["_source"]) for hit in found]


def load(search: OpenSearch, card: Card) -> Reference:
    """Read a reference with its counts."""
    return Reference.from_json(search.get(index=INDEX, id=card.identity)["_source"])


def pick_newest(known: Sequence[Card]) -> list[Card]:
    """Return the newest revision for each model version, the version frozen last first."""
    newest: dict[Group, Card] = {}
    for card in known:
        kept = newest.setdefault(card.group, card)
        if card.revision > kept.revision:
            newest[card.group] = card
    return list(newest.values())


def load_newest(search: OpenSearch, log_group: str) -> list[Reference]:
    """Return the newest revision for each model version of a log group, the version frozen last first."""
    return [load(search, card) for card in pick_newest(list_cards(search, log_group))]


def choose_in_force(known: Sequence[Card], group: Group, start: datetime) -> Card | None:
    """Return the reference that a window beginning at `start` is compared with, or None where the group has none.

    The newest that a person froze or accepted counts, and of those made automatically afterwards the newest that ends
    before the window. So the same window is always compared with the same reference, however much has grown since.
    """
    own = sorted((card for card in known if card.group == group), key=lambda card: card.revision)
    chosen: Card | None = None
    for card in own:
        if chosen is None or card.origin != AUTOMATIC or card.period.end <= start:
            chosen = card
    return chosen


def store(search: OpenSearch, reference: Reference) -> Reference:
    """Store a reference. Two runs that store the same revision at once get the same one: the first that is stored."""
    card = reference.card
    try:
        search.create(index=INDEX, id=card.identity, body=reference.to_json(), refresh=True)
    except ConflictError:
        return load(search, card)
    return reference


def make_card(known: Sequence[Card], group: Group, period: Period, predictions: int, name: str, origin: str) -> Card:
    """Return the card of a group's next revision."""
    revision = max((card.revision for card in known if card.group == group), default=0) + 1
    return Card(name, revision, group, period, predictions, datetime.now(UTC).replace(microsecond=0), origin)
