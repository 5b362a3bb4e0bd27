"""What is normal at which hour: a reference's counts by hour of day, on working days and at weekends.

Traffic has days, nights and weekends. A window is compared with the hours of its own kind: each of these hours counts
as much in the reference as it does in the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitors.drift.statistics.significance import Dispersion

Counts = Sequence[float]
FEWEST_IN_HOUR = 20
"""A kind of hour with fewer predictions in the reference says nothing of its own."""
FEWEST_DAYS = 2
"""An hour is known once it was seen on this many days, since one day does not show how much days differ."""
MOSTLY = 0.9


def kind_of_hour(moment: datetime) -> int:
    """Return the kind of hour: 0 to 23 on working days (Monday to Friday, UTC), 24 to 47 at weekends."""
    return moment.hour + (24 if moment.weekday() >= 5 else 0)


def move_kind(kind: int, hours: int) -> int:
    """Return the kind of the hour that is so many hours later, on the same kind of day."""
    return kind // 24 * 24 + (kind + hours) % 24


@dataclass(frozen=True)
class Season:
    """The part of a reference that knows the hours. An empty one knows nothing, and everything is compared as one.

    `counts` are by kind of hour and signal, over the same bins as the reference's signals. `days` says on how many
    days each kind of hour was seen. `dispersions` are by length in hours, signal and statistic.
    """

    counts: Mapping[int, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
    days: Mapping[int, int] = field(default_factory=dict)
    dispersions: Mapping[int, Mapping[str, Mapping[str, Dispersion]]] = field(default_factory=dict)

    def knows(self, hours: Mapping[int, float]) -> bool:
        """Tell whether (nearly) all predictions of a window are of hours that the reference has seen often enough."""
        total = sum(hours.values())
        seen = sum(number for kind, number in hours.items() if self.days.get(kind, 0) >= FEWEST_DAYS)
        return bool(self.counts) and seen >= MOSTLY * total

    def dispersion(self, hours: float) -> Mapping[str, Mapping[str, Dispersion]]:
        """Return how much statistics of windows of this length vary: as measured for the next shorter length."""
        lengths = sorted(self.dispersions)
        if not lengths:
            return {}
        return self.dispersions[max((each for each in lengths if each <= hours), default=lengths[0])]

    def to_json(self) -> dict[str, Any]:
        """Return plain lists, so that no label becomes a field name of the index."""
        return {
            "hours": [
                {
                    "kind": kind,
                    "days": self.days.get(kind, 0),
                    "counts": [[signal, list(counts)] for signal, counts in signals.items()],
                }
                for kind, signals in sorted(self.counts.items())
            ],
            "dispersions": [
                [hours, signal, name, each.excess, each.degrees]
                for hours, signals in self.dispersions.items()
                for signal, statistics in signals.items()
                for name, each in statistics.items()
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Season:
        """Make what `to_json` gave."""
        dispersions: dict[int, dict[str, dict[str, Dispersion]]] = {}
        for hours, signal, name, excess, degrees in stored["dispersions"]:
            dispersions.setdefault(hours, {}).setdefault(signal, {})[name] = Dispersion(excess, degrees)
        counts = {each["kind"]: {name: tuple(row) for name, row in each["counts"]} for each in stored["hours"]}
        return cls(counts, {each["kind"]: each["days"] for each in stored["hours"]}, dispersions)


def mix_hours(by_hour: Mapping[int, Counts], hours: Mapping[int, float], everything: Counts) -> list[float]:
    """Return the reference's counts with its hours weighted as in the window.

    `hours` is how many predictions of the window fall in each kind of hour. Where the reference has too few of a
    kind, the same hour of the other kind of day is taken instead, else `everything`. The sum of the result is the
    number of predictions that would give shares of the same precision.
    """
    total = sum(hours.values())
    if not total or not by_hour:
        return list(everything)
    shares = [0.0] * len(everything)
    uncertainty = 0.0
    for kind, number in hours.items():
        counts, size = _choose_substitute(kind, by_hour, everything)
        if not size or not number:
            continue
        weight = number / total
        uncertainty += weight * weight / size
        factor = weight / size
        for i, count in enumerate(counts):
            if count:
                shares[i] += factor * count
    return [share / uncertainty for share in shares] if uncertainty else list(everything)


def _choose_substitute(kind: int, by_hour: Mapping[int, Counts], everything: Counts) -> tuple[Counts, float]:
    for candidate in (kind, (kind + 24) % 48):
        counts = by_hour.get(candidate)
        if counts is not None and (size := sum(counts)) >= FEWEST_IN_HOUR:
            return counts, size
    return everything, sum(everything)


def add_rows(rows: Iterable[Counts]) -> list[float]:
    """Return the sums of several rows of counts, bin by bin; nothing for no rows."""
    return [sum(column) for column in zip(*rows, strict=True)]
