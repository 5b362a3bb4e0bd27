"""Runs over predictions and actuals that were really indexed."""

import random
from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch

from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.run import Run
from tests.local.quality.parts import NOW, Actual, deliver, predict, run_join

SMALL = {"reference_size": 500, "minimum": 100}


def told(
    search: OpenSearch, config: Config, rows: int, accuracy: float, age: timedelta, name: str = "p", **given: Any
) -> None:
    """Make predictions at one time, of which a share is right, each with a truth."""
    generator = random.Random(name)
    predict(search, [{"prediction_id": f"{name}{number}", "at": NOW - age, **given} for number in range(rows)])
    actuals: list[Actual] = [
        (f"{name}{number}", {"label": "a" if generator.random() < accuracy else "b"}, NOW) for number in range(rows)
    ]
    deliver(search, actuals)
    run_join(search, config)


def judged(search: OpenSearch, config: Config) -> list[Run]:
    return judge_all(search, NOW, config)


def only(search: OpenSearch, config: Config) -> Run:
    (run,) = judged(search, config)
    return run
