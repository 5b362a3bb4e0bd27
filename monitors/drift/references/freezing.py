"""How references are made: from the first predictions of a version, then from its first days, or as a person asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.judgement.dispersion import season_of
from monitors.drift.judgement.explaining import count_of
from monitors.drift.judgement.signals import FAILED
from monitors.drift.references.bins import plans_of_reference
from monitors.drift.references.reference import (
    ACCEPTED,
    AUTOMATIC,
    BY_HAND,
    Card,
    Reference,
    cards,
    load,
    new_card,
    store,
)
from monitors.drift.statistics.distribution import Signal, with_counts
from monitors.drift.statistics.seasons import Season, added, kind_of_hour
from monitors.drift.windows.counting import HOUR, Window, count, count_hours, first_predictions
from monitors.drift.windows.fields import known_fields
from monitors.drift.windows.history import drifted_periods
from monitors.drift.windows.plans import Plan
from monitors.reporting.periods import Group, Period, iso

GROWTH_DAYS = (2, 3, 4, 5, 6, 7, 10, 14)
"""After so many days an automatic reference is frozen anew, with all predictions since the first."""
LONGEST_SEASON = timedelta(days=28)
"""Of a longer period only the last so many days are counted by the hour."""


class ReferenceRefusedError(ValueError):
    """No reference can be made of this period; the message says why."""


def freeze(search: OpenSearch, group: Group, period: Period, name: str, config: Config) -> Reference:
    """Store a period of a group's predictions as the next revision of its reference, as a person asked for it.

    Raises ReferenceRefusedError where the period holds fewer predictions than the minimum.
    """
    return _frozen(search, group, period, name, config, BY_HAND, cards(search, group.log_group))


def freeze_first(
    search: OpenSearch, group: Group, config: Config, known: Sequence[Card]
) -> tuple[Reference | None, int]:
    """Freeze a group's first `reference_size` predictions, or tell how many there are so far."""
    found, period = first_predictions(search, group, config.reference_size)
    if period is None:
        return None, found
    name = f"first {config.reference_size:,}"
    return _frozen(search, group, period, name, config, AUTOMATIC, known), found


def accept(search: OpenSearch, card: Card, known: Sequence[Card]) -> Reference:
    """Store a version's reference once more, as accepted by a person: it need not be compared with the one before."""
    accepted = new_card(known, card.group, card.period, card.predictions, card.name, ACCEPTED)
    return store(search, replace(load(search, card), card=accepted))


def grow(search: OpenSearch, group: Group, now: datetime, config: Config, known: Sequence[Card]) -> Reference | None:
    """Freeze the days since a version's first prediction, if its automatic reference is due to grow; else None.

    Hours that were judged `drift` are left out, except of a kind of hour that was never seen otherwise.
    """
    own = [card for card in known if card.group == group]
    if not own or any(card.origin == BY_HAND for card in own):
        return None
    first = min(own, key=lambda card: card.revision)
    start = first.period.start.replace(minute=0, second=0, microsecond=0)
    due = [days for days in GROWTH_DAYS if first.period.end <= start + timedelta(days=days) <= now]
    if not due or any(card.name == _days(due[-1]) for card in own):
        return None
    period = Period(start, start + timedelta(days=due[-1]))
    drifted = drifted_periods(search, group, period)
    return _frozen(search, group, period, _days(due[-1]), config, AUTOMATIC, known, drifted)


def _days(number: int) -> str:
    return f"first {number} days"


def _frozen(
    search: OpenSearch,
    group: Group,
    period: Period,
    name: str,
    config: Config,
    origin: str,
    known: Sequence[Card],
    drifted: Sequence[Period] = (),
) -> Reference:
    plans = plans_of_reference(search, group, period, known_fields(search, period, config), config)
    window = count(search, group, period, plans)
    if window.predictions < config.minimum:
        raise ReferenceRefusedError(
            f"{count_of(window.predictions, 'prediction')} of {group} from {iso(period.start)} to {iso(period.end)}; "
            f"a reference needs {config.minimum}"
        )
    season = Season()
    if period.length > timedelta(days=1):
        usable = [plan for plan in plans if plan.signal in window.signals]
        season, kept = _season(search, group, period, usable, window.signals, drifted)
        if drifted and kept:
            window = replace(window, signals=kept, predictions=round(kept[FAILED].counts[0]))
    card = new_card(known, group, period, window.predictions, name, origin)
    frozen = Window(period, window.predictions, window.signals, problems=window.problems)
    return store(search, Reference(card, frozen, season, config.segment_field))


def _season(
    search: OpenSearch,
    group: Group,
    period: Period,
    plans: Sequence[Plan],
    frozen: Mapping[str, Signal],
    drifted: Sequence[Period],
) -> tuple[Season, dict[str, Signal]]:
    """Return what the hours of a period say, and the counts of those of them that are kept."""
    start = max(period.start, period.end - LONGEST_SEASON)
    windows = count_hours(search, group, Period(start, period.end), plans)
    kept = undrifted(list(windows), drifted)
    hours: dict[datetime, dict[str, Any]] = {
        hour: {name: _fitted(each.signals[name], signal) for name, signal in frozen.items()}
        for hour, each in windows.items()
        if hour in kept
    }
    sums = {
        name: with_counts(signal, [round(each) for each in added([row[name] for row in hours.values()])])
        for name, signal in frozen.items()
        if hours
    }
    return season_of(hours, frozen), sums


def undrifted(hours: Sequence[datetime], drifted: Sequence[Period]) -> set[datetime]:
    """Return the hours to keep: those that did not drift, and all of a kind of hour that has no others."""
    good = {hour for hour in hours if not any(each.start <= hour + HOUR / 2 < each.end for each in drifted)}
    known = {kind_of_hour(hour) for hour in good}
    return good | {hour for hour in hours if kind_of_hour(hour) not in known}


def _fitted(counted: Signal, frozen: Signal) -> tuple[float, ...]:
    """Return the counts of an hour over the bins of the whole period, whatever order they came in."""
    if counted.bins == frozen.bins:
        return counted.counts
    found = dict(zip(counted.bins, counted.counts, strict=True))
    return tuple(found.get(name, 0) for name in frozen.bins)
