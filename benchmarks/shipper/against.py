"""Compare the shipper with its own state at another commit: `python -m benchmarks.shipper.against COMMIT`.

Both run in turns, and each figure is divided by that of the one-buffer floor in the same turn. So a busy machine slows
all of them alike. Peak memory is that of a fresh process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.shipper.cpu import ROOT, environment
from benchmarks.shipper.fresh import write_event
from benchmarks.shipper.sink import sink

FLOOR = "floor, one buffer"
SIZES = (1, 100, 1_000, 10_000)
TURNS = 5
BATCHES = 20


def main() -> None:
    """Check the other commit out beside this one, let both take turns, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shipper.against", description=__doc__)
    parser.add_argument("commit", help="what the present shipper is compared with")
    parser.add_argument("--rounds", type=int, default=9, help="how often each of the two runs (default: 9)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sink() as url:
        other = Path(folder) / "other"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", other, options.commit], cwd=ROOT, check=True)
        try:
            event = write_event(Path(folder), max(SIZES))
            rounds = [[_round(tree, url, event) for tree in (ROOT, other)] for _ in range(options.rounds)]
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", other], cwd=ROOT, check=True)
    print(f"| of the one-buffer floor | now | {options.commit} | now ÷ {options.commit} |\n| - | --: | --: | --: |")
    for name in rounds[0][0]:
        now, before = ([each[tree][name] for each in rounds] for tree in (0, 1))
        quotient = statistics.median(a / b for a, b in zip(now, before, strict=True))
        print(f"| {name} | {statistics.median(now):.3f} | {statistics.median(before):.3f} | {quotient:.3f} |")


def _round(tree: Path, url: str, event: Path) -> dict[str, float]:
    """Return the CPU ratio for each batch size, and the peak of memory, of the shipper in this checkout."""
    taken = json.loads(_run(tree, url, "benchmarks.shipper.cpu", url, str(TURNS), *map(str, SIZES)))
    ratios = {
        f"CPU, batches of {int(size):,}": statistics.median(
            a[0] / b[0] for a, b in zip(found["shipper"], found[FLOOR], strict=True)
        )
        for size, found in taken.items()
    }
    peaks = {
        name: max(
            row["peak_mib"] for row in json.loads(_run(tree, url, "benchmarks.shipper.child", name, count, event))
        )
        for name, count in (("shipper", str(BATCHES)), (FLOOR, "1"))
    }
    return ratios | {"peak memory": peaks["shipper"] / peaks[FLOOR]}


def _run(tree: Path, url: str, module: str, *arguments: str | Path) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(
        command, cwd=tree, env=os.environ | environment(url), capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    main()
