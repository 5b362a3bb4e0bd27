"""Run in a fresh process: `child CONTENDER BATCHES EVENTS` handles batches and prints peak memory and CPU time."""

import contextlib
import json
import os
import re
import sys
import time
from pathlib import Path

from benchmarks.shipper.contenders import Context, load


def main(name: str, batches: int, event_file: str) -> None:
    """Handle the batches, and print the figures as JSON."""
    event = json.loads(Path(event_file).read_text())
    marks = []
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        handler = load(name)
        for number in range(batches):
            handler(event, Context())
            if number + 1 in (1, batches // 10, batches):
                marks.append({"batches": number + 1, "peak_mib": peak_mib(), "cpu_s": time.process_time()})
    print(json.dumps(marks))


def peak_mib() -> float:
    """Return the peak memory of this process. getrusage would return the parent's, if that was larger."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "peak memory is read from Linux's /proc"
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
