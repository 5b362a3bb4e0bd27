"""A fresh process: `child CONTENDER BATCHES EVENTS` handles batches and prints its peak memory and CPU time as JSON.

With the asset's folder as `ASSET` in the environment the contender is imported from there, as in Lambda.
"""

import contextlib
import json
import os
import resource
import sys
import time
from pathlib import Path

if "ASSET" in os.environ:
    sys.path[:0] = [os.environ["ASSET"]]

from benchmarks.shipper.contenders import Context, load


def main(name: str, batches: int, event_file: str) -> None:
    """Handle the batch so many times."""
    event = json.loads(Path(event_file).read_text())
    marks = []
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        handler = load(name)
        for number in range(batches):
            handler(event, Context())
            if number + 1 in (1, batches // 10, batches):
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                marks.append({"batches": number + 1, "peak_mib": peak, "cpu_s": time.process_time()})
    print(json.dumps(marks))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
