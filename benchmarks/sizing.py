"""Measure what one vCPU ships and what one event takes on disk: `python -m benchmarks.sizing [--engine]`.

The figures are CPU seconds of this process, so other load on the machine changes them little. The sink answers from
another process. With `--engine` it also indexes into its own real OpenSearch node, and prints what a document takes.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

from benchmarks.shipper.batches import batch
from benchmarks.shipper.contenders import Context
from benchmarks.shipper.sink import sink
from lambda_shipper import handler, kinesis

EVENTS = 10_000
ROUNDS = 7


def direct(size: int) -> Iterator[Callable[[], Any]]:
    """Return one invocation for every `size` events, as subscriptions without a stream make them."""
    payloads = [batch(size, first=first) for first in range(0, EVENTS, size)]
    while True:
        yield lambda: [handler.handler(payload, Context()) for payload in payloads]


def streamed(size: int, records: int) -> Iterator[Callable[[], Any]]:
    """Return one invocation for `records` batches of `size` events, as the Kinesis mapping makes it."""
    made = [
        {"kinesis": {"sequenceNumber": str(first), "data": batch(size, first=first)["awslogs"]["data"]}}
        for first in range(0, EVENTS, size)
    ]
    events = [{"Records": made[start : start + records]} for start in range(0, len(made), records)]
    while True:
        yield lambda: [kinesis.handler(event, Context()) for event in events]


SHAPES: dict[str, Iterator[Callable[[], Any]]] = {
    "direct, 1,000 events a batch": direct(1000),
    "direct, 100 events a batch": direct(100),
    "direct, 10 events a batch": direct(10),
    "direct, 1 event a batch": direct(1),
    "kinesis, 500 records of 10 events": streamed(10, 500),
    "kinesis, 500 records of 1 event": streamed(1, 500),
}


def rate(run: Callable[[], Any]) -> float:
    """Return the events per second of CPU: the median of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    return EVENTS / statistics.median(seconds[1:])


def on_disk() -> tuple[float, float]:
    """Return the bytes of the log line, and of one copy in the merged index, for each event."""
    from predmon.local.engine import Engine

    with tempfile.TemporaryDirectory() as home, Engine(Path(home)) as engine:
        url = engine.url
        template = (Path(handler.__file__).parents[1] / "contracts/templates/predictions.json").read_bytes()
        json_type = {"Content-Type": "application/json"}
        requests.put(f"{url}/_index_template/cwl", data=template, headers=json_type, timeout=30).raise_for_status()
        os.environ["OPENSEARCH_URL"] = url
        for first in range(0, 5 * EVENTS, 1000):
            handler.handler(batch(1000, first=first, spacing_ms=1), Context())
        requests.post(f"{url}/cwl-*/_forcemerge?max_num_segments=1", timeout=300).raise_for_status()
        requests.post(f"{url}/cwl-*/_flush?force=true", timeout=60).raise_for_status()
        primaries = requests.get(f"{url}/cwl-*/_stats/store,docs", timeout=30).json()["_all"]["primaries"]
    lines = sum(len(event["message"].encode()) for event in _events(1000)) / 1000
    return lines, primaries["store"]["size_in_bytes"] / primaries["docs"]["count"]


def _events(count: int) -> list[dict[str, Any]]:
    from lambda_shipper.reading.decoding import decode

    return [dict(event) for event in decode(batch(count), 1 << 26).events]


def main() -> None:
    """Print one table row for each way in which events arrive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", action="store_true", help="also measure what a document takes on disk")
    with_engine = parser.parse_args().engine
    rows = []
    with sink() as url, Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
        os.environ["OPENSEARCH_URL"] = url
        for name, run in SHAPES.items():
            rows.append(f"{name:36}{rate(next(run)):10,.0f} events per CPU second")
    print("\n".join(rows))
    if with_engine:
        with Path(os.devnull).open("w") as nothing, contextlib.redirect_stdout(nothing):
            line, stored = on_disk()
        print(f"{line:.0f} bytes of log line become {stored:.0f} bytes in the index, {stored / line:.1f} times, a copy")


if __name__ == "__main__":
    main()
