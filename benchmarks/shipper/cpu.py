"""Measure CPU and wall time of each contender in one process, in turns, so that a busy machine slows all of them.

As a program, `cpu URL TURNS SIZE…`, it prints its measurements as JSON. The contenders read the URL when imported.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.shipper.batches import batch
from benchmarks.shipper.contenders import CONTENDERS, Context, load

ROOT = Path(__file__).parents[2]
EVENTS_A_TURN = 2_000
MOST_BATCHES = 100


class Turn(NamedTuple):
    """CPU and wall time of a batch, in milliseconds."""

    cpu: float
    wall: float


Taken = dict[str, list[Turn]]


def measure(url: str, *, turns: int, sizes: tuple[int, ...], root: Path = ROOT) -> dict[int, Taken]:
    """Return the times of a batch for each batch size and contender, turn by turn, with the code in `root`."""
    command = [sys.executable, "-m", __name__, url, str(turns), *map(str, sizes)]
    done = subprocess.run(command, cwd=root, env=os.environ | environment(url), stdout=subprocess.PIPE, check=True)
    return {
        int(size): {name: [Turn(*turn) for turn in turns] for name, turns in taken.items()}
        for size, taken in json.loads(done.stdout).items()
    }


def take_turns(size: int, turns: int) -> Taken:
    """Let the contenders handle batches of this size, one after the other, in `turns` turns."""
    event, context = batch(size), Context()
    times = max(1, min(MOST_BATCHES, EVENTS_A_TURN // size))
    handlers = {name: load(name) for name in CONTENDERS}
    taken: Taken = {name: [] for name in handlers}
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        for _ in range(turns):
            for name, handler in handlers.items():
                cpu, wall = time.process_time(), time.perf_counter()
                for _ in range(times):
                    handler(event, context)
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                taken[name].append(Turn(cpu / times * 1000, wall / times * 1000))
    return taken


def ratio(taken: Taken, name: str, to: str) -> float:
    """Return the median, over the turns, of one contender's CPU time divided by another's in the same turn."""
    return statistics.median(a.cpu / b.cpu for a, b in zip(taken[name], taken[to], strict=True))


def environment(url: str) -> dict[str, str]:
    """Return the environment that the contenders read."""
    return {
        "OPENSEARCH_URL": url,
        "OPENSEARCH_AUTH": "none",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


if __name__ == "__main__":
    _, _, turns, *sizes = sys.argv
    print(json.dumps({size: take_turns(int(size), int(turns)) for size in sizes}))
