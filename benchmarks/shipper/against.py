"""Compare the shipper with its own state at another commit: `python -m benchmarks.shipper.against COMMIT`.

Both run in turns, and each figure is divided by that of the one-buffer floor in the same turn. So a busy machine slows
all of them alike. Peak memory is that of a fresh process.
"""

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.shipper import cpu, fresh
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
        subprocess.run(["git", "worktree", "add", "-q", "--detach", other, options.commit], cwd=cpu.ROOT, check=True)
        try:
            rounds = [[_round(tree, url, Path(folder)) for tree in (cpu.ROOT, other)] for _ in range(options.rounds)]
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", other], cwd=cpu.ROOT, check=True)
    print(f"| of the one-buffer floor | now | {options.commit} | now ÷ {options.commit} |\n| - | --: | --: | --: |")
    for name in rounds[0][0]:
        now, before = ([each[tree][name] for each in rounds] for tree in (0, 1))
        quotient = statistics.median(a / b for a, b in zip(now, before, strict=True))
        print(f"| {name} | {statistics.median(now):.3f} | {statistics.median(before):.3f} | {quotient:.3f} |")


def _round(tree: Path, url: str, scratch: Path) -> dict[str, float]:
    """Return the CPU ratio for each batch size, and the peak of memory, of the shipper in this checkout."""
    measured = cpu.measure(url, turns=TURNS, sizes=SIZES, root=tree)
    marks = fresh.memory(url, scratch, BATCHES, max(SIZES), root=tree)
    peaks = {name: max(mark["peak_mib"] for mark in marks[name]) for name in ("shipper", FLOOR)}
    ratios = {f"CPU, batches of {size:,}": cpu.ratio(taken, "shipper", FLOOR) for size, taken in measured.items()}
    return ratios | {"peak memory": peaks["shipper"] / peaks[FLOOR]}


if __name__ == "__main__":
    main()
