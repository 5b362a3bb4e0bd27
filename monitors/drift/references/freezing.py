"""How references are made: from the first predictions of a version, then from its first days, or as a person asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.errors import UserError
from monitors.drift.config import Config
from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.judgement.signals import FAILED
from monitors.drift.references.bins import plan_reference
from monitors.drift.references.input_bins import plan_columns
from monitors.drift.references.reference import (
    ACCEPTED,
    AUTOMATIC,
    BY_HAND,
    Card,
    Reference,
    list_cards,
    load,
    make_card,
    store,
)
from monitors.drift.statistics.distribution import Tally, with_counts
from monitors.drift.statistics.seasons import Season, add_rows, kind_of_hour
from monitors.drift.statistics.words import TextCounts, count_texts
from monitors.drift.windows.counting import HOUR, Window, count, count_hours, find_first_predictions
from monitors.drift.windows.fields import find_fields
from monitors.drift.windows.history import find_drifted_periods
from monitors.drift.windows.plans import Plan
from monitors.drift.windows.texts import sample_hours
from monitors.reporting.periods import Group, Period
from monitors.reporting.wording import format_count

GROWTH_DAYS = (2, 3, 4, 5, 6, 7, 10, 14)
"""After so many days an automatic reference is frozen anew, with all predictions since the first."""
LONGEST_SEASON = timedelta(days=28)
"""A longer period is counted by the hour only for its last days."""


class ReferenceRefusedError(UserError, ValueError):
    """No reference can be made of this period; the message says why."""


def freeze(search: OpenSearch, group: Group, period: Period, name: str, config: Config) -> Reference:
    """Store a period of a group's predictions as the next revision of its reference, as a person asked for it.

    Raises ReferenceRefusedError where the period holds fewer predictions than the minimum.
    """
    return _freeze_period(search, group, period, name, config, BY_HAND, list_cards(search, group.log_group))


def freeze_first(
    search: OpenSearch, group: Group, config: Config, known: Sequence[Card]
) -> tuple[Reference | None, int]:
    """Freeze a group's first `reference_size` predictions, or tell how many there are so far."""
    found, period = find_first_predictions(search, group, config.reference_size)
    if period is None:
        return None, found
    name = f"first {config.reference_size:,}"
    return _freeze_period(search, group, period, name, config, AUTOMATIC, known), found


def accept(search: OpenSearch, card: Card, known: Sequence[Card]) -> Reference:
    """Store a version's reference once more, as accepted by a person: it need not be compared with the one before."""
    accepted = make_card(known, card.group, card.period, card.predictions, card.name, ACCEPTED)
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
    if not due or any(card.name == _name_days(due[-1]) for card in own):
        return None
    period = Period(start, start + timedelta(days=due[-1]))
    drifted = find_drifted_periods(search, group, period)
    return _freeze_period(search, group, period, _name_days(due[-1]), config, AUTOMATIC, known, drifted)


def _name_days(number: int) -> str:
    return f"first {number} days"


def _freeze_period(
    search: OpenSearch,
    group: Group,
    period: Period,
    name: str,
    config: Config,
    origin: str,
    known: Sequence[Card],
    drifted: Sequence[Period] = (),
) -> Reference:
    plans = plan_reference(search, group, period, find_fields(search, period, config), config)
    columns, left_out = plan_columns(search, group, period, config)
    plans += columns
    window = count(search, group, period, plans)
    if window.predictions < config.minimum:
        raise ReferenceRefusedError(
            f"{format_count(window.predictions, 'prediction')} of {group} from {period}; "
            f"a reference needs {config.minimum}"
        )
    season = Season()
    if period.length > timedelta(days=1):
        usable = [plan for plan in plans if plan.signal in window.signals]
        season, kept = _measure_season(search, group, period, usable, window.signals, drifted)
        if drifted and kept:
            window = replace(window, signals=kept, predictions=round(kept[FAILED].counts[0]))
    card = make_card(known, group, period, window.predictions, name, origin)
    frozen = Window(period, window.predictions, window.signals, problems=window.problems)
    texts = _count_texts(search, group, period, drifted)
    return store(search, Reference(card, frozen, season, config.segment_field, left_out, texts))


def _count_texts(search: OpenSearch, group: Group, period: Period, drifted: Sequence[Period]) -> TextCounts | None:
    """Return the words of a period's texts, without hours that drifted; None where no text is stored."""
    hours = sample_hours(search, group, period)
    kept = keep_undrifted(list(hours), drifted)
    return count_texts({hour: texts for hour, texts in hours.items() if hour in kept}) if kept else None


def _measure_season(
    search: OpenSearch,
    group: Group,
    period: Period,
    plans: Sequence[Plan],
    frozen: Mapping[str, Tally],
    drifted: Sequence[Period],
) -> tuple[Season, dict[str, Tally]]:
    """Return what the hours of a period say, and the counts of those of them that are kept."""
    start = max(period.start, period.end - LONGEST_SEASON)
    windows = count_hours(search, group, Period(start, period.end), plans)
    kept = keep_undrifted(list(windows), drifted)
    hours: dict[datetime, dict[str, Any]] = {
        hour: {name: _fit(each.signals[name], signal) for name, signal in frozen.items()}
        for hour, each in windows.items()
        if hour in kept
    }
    sums = {
        name: with_counts(signal, [round(each) for each in add_rows([row[name] for row in hours.values()])])
        for name, signal in frozen.items()
        if hours
    }
    return measure_season(hours, frozen), sums


def keep_undrifted(hours: Sequence[datetime], drifted: Sequence[Period]) -> set[datetime]:
    """Return the hours to keep: those that did not drift, and all of a kind of hour that has no others."""
    good = {hour for hour in hours if not any(each.start <= hour + HOUR / 2 < each.end for each in drifted)}
    known = {kind_of_hour(hour) for hour in good}
    return good | {hour for hour in hours if kind_of_hour(hour) not in known}


def _fit(counted: Tally, frozen: Tally) -> tuple[float, ...]:
    """Return the counts of an hour over the bins of the whole period, whatever order they came in."""
    if counted.bins == frozen.bins:
        return counted.counts
    found = dict(zip(counted.bins, counted.counts, strict=True))
    return tuple(found.get(name, 0) for name in frozen.bins)
