"""`predmon send --over`: which sentence gets which time in the past."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from predmon.commands.deployment.target import Target
from predmon.commands.drift import function as drift_target
from predmon.errors import UserError
from predmon.moments import UNITS

LONGEST = timedelta(days=13)
"""CloudWatch Logs takes no event older than 14 days."""
LATELY = timedelta(hours=2)
"""How long other sentences come at the end, and how long nobody knows the truth of a prediction."""


class Length(click.ParamType[timedelta]):
    """A length of time: `24h`, `7d`, `90m`. At most LONGEST."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the length."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9]\d{0,4})([mhdw])", value)
        if not found:
            self.fail(f"{value!r} is no length such as 24h, 7d, 90m.", param, ctx)
        length = timedelta(**{UNITS[found[2]]: int(found[1])})
        if length > LONGEST:
            self.fail(f"{value} is too long: CloudWatch Logs takes at most the last {LONGEST.days} days.", param, ctx)
        return length


@dataclass(frozen=True)
class Past:
    """What the past is to hold: sentences over the time before `end`, others at its end, and what is true of them."""

    sentences: list[str]
    over: timedelta
    end: datetime
    lately: list[str] = field(default_factory=list)
    """The sentences of the last LATELY; if there are none, `sentences` go on."""
    truths: Mapping[str, str] = field(default_factory=dict)
    """The label that the model should give to a sentence."""

    def __post_init__(self) -> None:
        """Raise UserError if there is no time before the other sentences."""
        if self.lately and self.over <= LATELY:
            raise UserError(f"--then fills the last {LATELY.seconds // 3600} hours, so --over must be longer.")


def find_current_minute() -> datetime:
    """Return the minute that began last, so that the windows begin and end at whole minutes."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def plan(target: Target, past: Past) -> list[tuple[int, str]]:
    """Return (time in epoch milliseconds, sentence), evenly spread over the past.

    The sentences repeat, in another order each time, until each window of the drift comparison has its minimum.
    """
    length = minimum = None
    if "DriftFunctionName" in target.outputs:
        config = drift_target.read_deployed_config(target)
        length, minimum = timedelta(minutes=config.window_minutes), config.minimum

    def spread(sentences: list[str], over: timedelta, end: datetime) -> list[tuple[int, str]]:
        count = len(sentences)
        if length and minimum:
            count = max(count, -(-over // length) * minimum)
        # The same file gives the same past.
        shuffled = random.Random(len(sentences))
        queue: list[str] = []
        while len(queue) < count:
            queue += shuffled.sample(sentences, len(sentences))
        start_ms, step_ms = (end - over).timestamp() * 1000, over.total_seconds() * 1000 / count
        return [(int(start_ms + (number + 0.5) * step_ms), queue[number]) for number in range(count)]

    if not past.lately:
        return spread(past.sentences, past.over, past.end)
    earlier = spread(past.sentences, past.over - LATELY, past.end - LATELY)
    return earlier + spread(past.lately, LATELY, past.end)
