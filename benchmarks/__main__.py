"""Run every benchmark: `python -m benchmarks [shipper index inference drift quality sizing]`.

`python -m benchmarks chaos --seed N --minutes M` measures nothing: it breaks everything at random, then counts.
"""

import subprocess
import sys

PARTS = {
    "shipper": "benchmarks.shipper",
    "index": "benchmarks.index",
    "inference": "benchmarks.inference",
    "drift": "benchmarks.drift",
    "quality": "benchmarks.quality",
    "sizing": "benchmarks.sizing",
}


def main(wanted: list[str]) -> int:
    """Run the named parts, or all, each in a separate process. Return the worst status."""
    if wanted[:1] == ["chaos"]:
        return subprocess.run([sys.executable, "-m", "benchmarks.chaos", *wanted[1:]]).returncode
    unknown = set(wanted) - PARTS.keys()
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    statuses = []
    for name in wanted or PARTS:
        print(f"\n## {name}", flush=True)
        statuses.append(subprocess.run([sys.executable, "-m", PARTS[name]]).returncode)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
