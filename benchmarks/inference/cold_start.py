"""Measure a cold start in a fresh process: import to first prediction, and a bare ONNX session on the same file.

Both run in the package as it is deployed, with its precompiled bytecode and without any other packages. The table has
processor time beside wall time, because a busy machine distorts wall time.
"""

import statistics
import subprocess
import sys
from pathlib import Path

from stacks.constructs.bundling import ROOT, Platform, build
from stacks.constructs.inference import PACKAGED_MODEL, REQUIREMENTS, UNUSED

STARTS = 15
CLOCK = "import time; wall, cpu = time.perf_counter(), time.process_time()\n"
REPORT = "\nprint('took', time.perf_counter() - wall, time.process_time() - cpu)"
WAYS = {
    "bare ONNX session": "import onnxruntime; onnxruntime.InferenceSession('inference_lambda/model/model.onnx')",
    "first prediction": (
        "from types import SimpleNamespace; from inference_lambda.handler import handler; "
        "handler({'sentence': 'The old man gave the children seven apples.'}, SimpleNamespace(aws_request_id='1'))"
    ),
}


def measure(folder: Path) -> list[str]:
    """Return the lines of the table. The two take turns."""
    sources = [*ROOT.glob("contracts/*.py"), *ROOT.glob("inference_lambda/*.py"), *PACKAGED_MODEL.iterdir()]
    build({file.relative_to(ROOT): file for file in sources}, ROOT / REQUIREMENTS, Platform("host"), folder, UNUSED)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for round_number in range(STARTS + 1):
        for name, code in WAYS.items():
            took = start(CLOCK + code + REPORT, folder)
            if round_number:
                times[name].append(took)
    medians = {
        name: [statistics.median(column) for column in zip(*pairs, strict=True)] for name, pairs in times.items()
    }
    bare = medians["bare ONNX session"]
    return [
        f"{name:44}{wall * 1000:9.0f} ms{wall / bare[0]:8.2f} ×{cpu * 1000:9.0f} ms processor{cpu / bare[1]:8.2f} ×"
        for name, (wall, cpu) in medians.items()
    ]


def start(code: str, folder: Path) -> tuple[float, float]:
    """Run the code in a fresh interpreter that sees only the package. Return wall and processor seconds."""
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    wall, cpu = done.stdout.splitlines()[-1].split()[1:]
    return float(wall), float(cpu)
