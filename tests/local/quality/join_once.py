"""Runs the join once, in a process of its own that a test can kill: `python -m tests.local.quality.join_once URL`."""

import sys
import time
from datetime import UTC, datetime

from opensearchpy import OpenSearch

from monitors.quality import joining
from monitors.quality.config import Config

if __name__ == "__main__":
    joining.BATCH = 200  # smaller steps, so that it is killed between two of them
    print(joining.join(OpenSearch(sys.argv[1]), Config(sys.argv[1]), datetime.now(UTC), time.monotonic() + 60))
