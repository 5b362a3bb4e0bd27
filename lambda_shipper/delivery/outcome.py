"""What became of the log events, in all and by log group. `bulk.Delivery` fills it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lambda_shipper.documents.chunks import FAILED_PREDICTION, LEFT_OUT, READINGS, UNLABELLED, Action
from lambda_shipper.domain.answers import CONTRADICTED, REPLACED, Item

EVENTS, IGNORED, WITH_PREDICTIONS = "events", "ignored", "events_with_predictions"
PREDICTIONS, INDEXED, KEPT_RAW, FAILED = "predictions", "indexed", "kept_raw", "failed"
ACTUALS = "actuals"
COUNTS = (EVENTS, IGNORED, WITH_PREDICTIONS, PREDICTIONS, INDEXED, KEPT_RAW, ACTUALS, FAILED)
"""What each log event, and each prediction, is counted as: see `Outcome`."""
DETAILS = (LEFT_OUT, FAILED_PREDICTION, UNLABELLED, CONTRADICTED, REPLACED, *READINGS)
"""What is counted of indexed predictions beside that."""


class Rejected(NamedTuple):
    """A document that the domain refused even in its raw form, with the domain's answer."""

    action: Action
    item: Item


@dataclass(slots=True)
class Outcome:
    """What became of the log events of one invocation.

    Each event is ignored or holds predictions: `events` = `ignored` + `events_with_predictions`. Each prediction is
    one of four: `predictions` = `indexed` + `kept_raw` + `actuals` + `failed`, where failed means not delivered. An
    event may hold several predictions; a part of a line that cannot be read is kept raw and counts as one, and so does
    an actual. `contradicted` counts the actuals that say something else than another one of the same time, and
    `replaced` those that took the place of an earlier one.
    """

    groups: dict[str, dict[str, int]] = field(default_factory=dict)
    """The counts of each log group."""
    newest: dict[str, int] = field(default_factory=dict)
    """The newest prediction of each log group, in milliseconds since 1970."""
    rejected: list[Rejected] = field(default_factory=list)
    """Those of the failed that were refused even in their raw form."""
    stored: int = 0
    """How many of the rejected lie safe in the failure bucket. `rejection.store` says so, the only one beside."""
    failure: Item | None = None
    """The domain's last answer that was no success, if any."""
    own_lines: int = 0
    """Log events that were dropped, since functions of this project wrote them. They are in no other count."""
    requests: int = 0
    answers: int = 0
    """Requests that the domain answered item by item: with none, it was not there."""
    retries: int = 0
    sent_bytes: int = 0
    bulk_seconds: float = 0.0
    oldest_timestamp: int | None = None

    def count(self, log_group: str, name: str, number: int = 1) -> None:
        """Add to a count of a log group."""
        if number:
            counts = self.groups.setdefault(log_group, {})
            counts[name] = counts.get(name, 0) + number

    def totals(self) -> dict[str, int]:
        """Return the counts of all log groups together, also those that are zero."""
        together = dict.fromkeys(COUNTS + DETAILS, 0)
        for counts in self.groups.values():
            for name, number in counts.items():
                together[name] += number
        return together

    @property
    def indexed(self) -> int:
        """Predictions in the day's index."""
        return self.totals()[INDEXED]

    @property
    def ignored(self) -> int:
        """Log events without a prediction."""
        return self.totals()[IGNORED]

    @property
    def kept_raw(self) -> int:
        """Predictions that are stored as text, with the reason."""
        return self.totals()[KEPT_RAW]

    @property
    def failed(self) -> int:
        """Predictions that were not delivered."""
        return self.totals()[FAILED]
