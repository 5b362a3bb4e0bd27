"""Print both tables: `python -m benchmarks.inference`."""

import tempfile
from pathlib import Path

from benchmarks.inference import cold_start, latency

for title, bench in (("latency, p50, 12 words, one thread", latency), ("cold start, median", cold_start)):
    with tempfile.TemporaryDirectory() as scratch:
        print(title, *bench.measure(Path(scratch)), "", sep="\n", flush=True)
