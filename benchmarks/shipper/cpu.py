"""CPU time of each contender in one process, in turns, so that a busy machine slows all of them alike."""

import contextlib
import os
import statistics
import time
from pathlib import Path

from benchmarks.shipper.batches import batch
from benchmarks.shipper.contenders import CONTENDERS, Context, load

SIZES = (1, 100, 1_000, 10_000)
EVENTS_A_TURN = 2_000
MOST_BATCHES = 100


def measure(url: str, turns: int = 15, sizes: tuple[int, ...] = SIZES) -> dict[int, dict[str, list[float]]]:
    """Give, for each batch size and contender, the CPU milliseconds (user and system) of a batch, turn by turn."""
    os.environ.update(environment(url))
    handlers = {name: load(name) for name in CONTENDERS}
    return {size: _take_turns(handlers, size, turns) for size in sizes}


def _take_turns(handlers: dict, size: int, turns: int) -> dict[str, list[float]]:
    event, context, times = batch(size), Context(), max(1, min(MOST_BATCHES, EVENTS_A_TURN // size))
    taken: dict[str, list[float]] = {name: [] for name in handlers}
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        for _ in range(turns):
            for name, handler in handlers.items():
                started = time.process_time()
                for _ in range(times):
                    handler(event, context)
                taken[name].append((time.process_time() - started) / times * 1000)
    return taken


def ratio(taken: dict[str, list[float]], name: str, to: str) -> float:
    """Give the median over the turns of one contender's time to another's in the same turn."""
    return statistics.median(a / b for a, b in zip(taken[name], taken[to], strict=True))


def environment(url: str) -> dict[str, str]:
    """Give what the contenders read."""
    return {
        "OPENSEARCH_URL": url,
        "OPENSEARCH_AUTH": "none",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
