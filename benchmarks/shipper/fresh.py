"""Measure cold start and memory, each in a fresh process.

A cold start is the time from the start of the process to the first delivered event, with the code in a read-only folder
as in Lambda. The shipper runs as its asset is bundled (pinned wheels, precompiled). The naive one runs as people deploy
it (a folder of wheels, nothing compiled), and with bytecode to be fair. All figures include the interpreter itself.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.shipper.batches import batch
from benchmarks.shipper.cpu import environment

ROOT = Path(__file__).parents[2]
PYTHON = getattr(sys, "_base_executable", sys.executable)
NAIVE = ("boto3", "opensearch-py", "requests", "requests-aws4auth")
SHIPPER = ROOT / "lambda_shipper"
TEMPLATE = ROOT / "contracts/templates/predictions.json"


def memory(
    url: str, scratch: Path, batches: int, events: int, *, root: Path = ROOT
) -> dict[str, list[dict[str, float]]]:
    """Return, for each contender and number of batches, peak MiB and CPU seconds of its whole process.

    The code is that of the checkout in `root`.
    """
    event_file = write_event(scratch, events)
    marks = {}
    for name in ("floor", "floor, one buffer", "shipper", "naive"):
        count = batches if name == "shipper" else 1
        command = [sys.executable, "-m", "benchmarks.shipper.child", name, str(count), str(event_file)]
        done = subprocess.run(
            command, cwd=root, env=os.environ | environment(url), capture_output=True, text=True, check=True
        )
        marks[name] = json.loads(done.stdout)
    return marks


def cold_starts(url: str, scratch: Path, turns: int = 9) -> dict[str, dict[str, float]]:
    """Return the median wall and CPU milliseconds from process start to the first delivered event, in turns."""
    event_file = write_event(scratch, 1)
    assets = build_assets(scratch)
    signed = {"OPENSEARCH_AUTH": "sigv4", "OPENSEARCH_REGION": "eu-central-1"}
    runs = {
        "bare interpreter": (None, "", {}),
        "floor": ("floor", "shipper", {}),
        "shipper": ("shipper", "shipper", {}),
        "shipper, signing": ("shipper", "shipper signing", signed),
        "naive, with bytecode": ("naive", "naive compiled", {}),
        "naive": ("naive", "naive", {}),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(turns):
        for name, (contender, asset, more) in runs.items():
            env = environment(url) | {"PYTHONDONTWRITEBYTECODE": "1"} | more
            taken[name].append(_run_once(contender, event_file, env, assets.get(asset)))
    return {
        name: {
            "wall_ms": statistics.median(wall for wall, _ in times),
            "cpu_ms": statistics.median(cpu for _, cpu in times),
        }
        for name, times in taken.items()
    }


def _run_once(contender: str | None, event_file: Path, env: dict[str, str], asset: Path | None) -> tuple[float, float]:
    command = [PYTHON, "-S", "-c", "pass"]
    if contender:
        command = [PYTHON, "-S", "-m", "benchmarks.shipper.child", contender, "1", str(event_file)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=asset, env=env, check=True, capture_output=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall * 1000, cpu * 1000


def build_assets(scratch: Path) -> dict[str, Path]:
    """Build the folders, and make them read-only."""
    # This imports the whole CDK, which must not change other measurements.
    from stacks.constructs.bundling import Platform, build

    bench = [*(ROOT / "benchmarks/shipper").glob("*.py")]
    files = [*SHIPPER.rglob("*.py"), *(ROOT / "contracts").glob("*.py"), TEMPLATE, *bench]
    pins = SHIPPER / "requirements.txt"
    assets = {
        name: scratch / name.replace(" ", "-") for name in ("shipper", "naive", "naive compiled", "shipper signing")
    }
    build({file.relative_to(ROOT): file for file in files}, pins, Platform("host"), assets["shipper"])
    wanted = scratch / "naive.txt"
    wanted.write_text("\n".join(["orjson", *NAIVE]))
    install = [
        str(Path(sys.executable).with_name("uv")),
        "pip",
        "install",
        "-q",
        "--no-build",
        "--python",
        sys.executable,
    ]
    subprocess.run(
        [
            *install,
            "--constraint",
            str(ROOT / "requirements.lock"),
            "--target",
            str(assets["naive"]),
            "-r",
            str(wanted),
        ],
        check=True,
    )
    for file in bench:
        place = assets["naive"] / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    shutil.copytree(assets["naive"], assets["naive compiled"])
    # Lambda's runtime has botocore. The shipper's own files and pinned packages come before it on the path.
    shutil.copytree(assets["naive"], assets["shipper signing"])
    shutil.copytree(assets["shipper"], assets["shipper signing"], dirs_exist_ok=True)
    for name in ("naive compiled", "shipper signing"):
        compiling = [
            sys.executable,
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
            str(assets[name]),
        ]
        subprocess.run(compiling, check=True)
    for folder in assets.values():
        subprocess.run(["chmod", "-R", "a-w", str(folder)], check=True)
    return assets


def write_event(scratch: Path, events: int) -> Path:
    """Write a payload to a file."""
    path = scratch / f"event-{events}.json"
    path.write_text(json.dumps(batch(events)))
    return path
