"""Print the shipper's tables: `python -m benchmarks.shipper`."""

import statistics
import subprocess
import tempfile
import zipfile
from pathlib import Path

import requests

from benchmarks.shipper import cpu, fresh
from benchmarks.shipper.contenders import CONTENDERS
from benchmarks.shipper.sink import sink
from predmon.local.engine import Engine

MILLION = 1_000_000


def main() -> None:
    """Measure and print everything. This takes some minutes."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        try:
            with sink() as url:
                print_cpu(cpu.measure(url, turns=15, sizes=(1, 100, 1_000, 10_000)))
                print_memory(fresh.memory(url, scratch, MILLION // 10_000, 10_000))
                print_cold_starts(fresh.cold_starts(url, scratch))
            print_size(scratch)
            with Engine(scratch / "engine") as engine:
                template = (fresh.TEMPLATE).read_bytes()
                headers = {"Content-Type": "application/json"}
                requests.put(f"{engine.url}/_index_template/cwl", template, headers=headers).raise_for_status()
                print_wall(cpu.measure(str(engine.url), turns=5, sizes=(1_000, 10_000)))
        finally:
            subprocess.run(["chmod", "-R", "u+w", folder], check=True)


def print_cpu(measured: dict[int, cpu.Taken]) -> None:
    """Print CPU milliseconds, and the shipper's ratio to each."""
    print("\n### CPU time of a batch, ms (shipper ÷ this), null sink\n")
    print("| events |", " | ".join(CONTENDERS), "| shipper, events/CPU s |\n|" + " --: |" * (len(CONTENDERS) + 2))
    for size, taken in measured.items():
        medians = {name: statistics.median(turn.cpu for turn in turns) for name, turns in taken.items()}
        cells = [f"{medians[name]:.2f} ({cpu.ratio(taken, 'shipper', name):.2f})" for name in taken]
        print(f"| {size:,} |", " | ".join(cells), f"| {size / medians['shipper'] * 1000:,.0f} |", flush=True)


def print_wall(measured: dict[int, cpu.Taken]) -> None:
    """Print wall and CPU milliseconds."""
    print("\n### A batch into a local OpenSearch, wall ms (CPU ms)\n")
    print("| events |", " | ".join(CONTENDERS), "|\n|" + " --: |" * (len(CONTENDERS) + 1))
    for size, taken in measured.items():
        walls = [statistics.median(turn.wall for turn in turns) for turns in taken.values()]
        cpus = [statistics.median(turn.cpu for turn in turns) for turns in taken.values()]
        cells = [f"{wall:.0f} ({used:.0f})" for wall, used in zip(walls, cpus, strict=True)]
        print(f"| {size:,} |", " | ".join(cells), "|", flush=True)


def print_memory(marks: dict[str, list[dict[str, float]]]) -> None:
    """Print peak memory, and what a million events cost."""
    print(
        "\n### Peak memory of a fresh process\n\n| contender | batches of 10,000 | peak MiB | CPU s |\n"
        "| - | --: | --: | --: |"
    )
    for name, series in marks.items():
        for mark in series:
            print(f"| {name} | {mark['batches']} | {mark['peak_mib']:.0f} | {mark['cpu_s']:.2f} |", flush=True)


def print_cold_starts(starts: dict[str, dict[str, float]]) -> None:
    """Print cold starts and their ratio to the naive one."""
    print("\n### Cold start: process start to first delivered event\n")
    print("| contender | wall ms | CPU ms | CPU ÷ naive |\n| - | --: | --: | --: |")
    for name, times in starts.items():
        share = times["cpu_ms"] / starts["naive"]["cpu_ms"]
        print(f"| {name} | {times['wall_ms']:.0f} | {times['cpu_ms']:.0f} | {share:.2f} |", flush=True)


def print_size(scratch: Path) -> None:
    """Print the size of the zipped asset."""
    archive = scratch / "asset.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in (scratch / "shipper").rglob("*"):
            if file.is_file() and "benchmarks" not in file.parts:
                packed.write(file, file.relative_to(scratch))
    print(f"\nZipped asset: {archive.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
