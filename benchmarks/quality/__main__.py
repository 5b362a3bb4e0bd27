"""What an hourly run costs: `python -m benchmarks quality [--predictions 1000000 --actuals 100000]`.

It starts an engine, indexes predictions of one day, and then joins actuals portion by portion, with a tenth and with
all of the predictions in the index. The time of a join should follow the new actuals and not the predictions.
`python -m benchmarks.quality.simulate` shows how often the judgement is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from opensearchpy import OpenSearch, helpers

from contracts import actuals
from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.joining import join
from predmon.local.engine import Engine
from stacks.constructs.index_templates import index_templates

NOW = datetime.now(UTC).replace(microsecond=0)
PORTIONS = (0, 100, 1_000, 10_000)
CONFIG = Config("http://unused")


def moment_of(number: int) -> datetime:
    """Return the time of the prediction with this number, within the last day."""
    return NOW - timedelta(milliseconds=number * 7919 % 86_400_000)


def identity(number: int) -> str:
    """Return the id of the prediction with this number: a UUID of version 7, as the example model makes them."""
    milliseconds = round(moment_of(number).timestamp() * 1000)
    rest = random.Random(number).getrandbits(62)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | rest))


def predict(search: OpenSearch, numbers: range) -> None:
    """Index predictions of the last day with these numbers."""
    actions = (
        {
            "_index": f"cwl-{moment_of(number):%Y.%m.%d}",
            "_source": {
                "@timestamp": moment_of(number).isoformat(timespec="milliseconds"),
                "@log_group": "/aws/lambda/model",
                "prediction_id": identity(number),
                "prediction": {"label": "ab"[number % 2], "score": 0.9},
                "model": {"name": "model", "version": "1"},
                "text": f"The sentence with the number {number}.",
            },
        }
        for number in numbers
    )
    for _ in helpers.streaming_bulk(search, actions, chunk_size=5000):
        pass
    search.indices.refresh(index="cwl-*")


def tell(search: OpenSearch, numbers: Sequence[int]) -> None:
    """Store an actual for each of these predictions."""
    moment = round(NOW.timestamp() * 1000)
    for start in range(0, len(numbers), 2000):
        lines = []
        for number in numbers[start : start + 2000]:
            actual = {"label": "ab"[number % 3 % 2]}
            lines.append(actuals.action(identity(number), actual, moment))
            lines.append(actuals.document(identity(number), actual, moment, source="/aws/lambda/labelling"))
        search.bulk(body=lines)


def cpu_seconds(engine: Engine) -> float:
    """Return the CPU time of the engine and of this process: the clock also measures what else runs on the machine."""
    node = psutil.Process(json.loads(engine.record.read_text())["pid"])
    return sum(node.cpu_times()[:2]) + time.process_time()


def measure(engine: Engine, search: OpenSearch, waiting: list[int], predictions: int, portions: Sequence[int]) -> None:
    """Print a row for each portion of new actuals: seconds of the join, and of judging all that is joined."""
    for portion in portions:
        new, waiting[:] = waiting[:portion], waiting[portion:]
        tell(search, new)
        row = [f"{predictions:,}", f"{len(new):,}"]
        for work in (
            lambda: join(search, CONFIG, NOW, time.monotonic() + 3600),
            lambda: judge_all(search, NOW + timedelta(seconds=1), CONFIG),
        ):
            clock, cpu = time.monotonic(), cpu_seconds(engine)
            work()
            row += [f"{time.monotonic() - clock:.2f}", f"{cpu_seconds(engine) - cpu:.2f}"]
        print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    parser.add_argument("--actuals", type=int, default=100_000)
    arguments = parser.parse_args()
    few = arguments.predictions // 10
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        search = OpenSearch(engine.start(), timeout=300)
        try:
            for name, template in index_templates(1).items():
                search.indices.put_index_template(name=name, body=template)
            print("| predictions | new actuals | join, s | CPU, s | judge, s | CPU, s |\n" + "| --: " * 6 + "|")
            predict(search, range(few))
            waiting = random.Random(1).sample(range(few), few)
            measure(engine, search, waiting, few, PORTIONS)
            predict(search, range(few, arguments.predictions))
            waiting += random.Random(2).sample(range(few, arguments.predictions), arguments.actuals)
            random.Random(3).shuffle(waiting)
            measure(engine, search, waiting, arguments.predictions, (*PORTIONS, arguments.actuals))
            print(f"\nBytes of an actual in the index, merged: {bytes_of_one(search):.0f}")
        finally:
            engine.stop()


def bytes_of_one(search: OpenSearch) -> float:
    """Return the size of a joined actual in one merged segment."""
    search.indices.forcemerge(index=actuals.INDEX, max_num_segments=1)
    search.indices.flush(index=actuals.INDEX)
    segments = search.cat.segments(index=actuals.INDEX, format="json", bytes="b", h="size,docs.count")
    largest = max(segments, key=lambda each: int(each["docs.count"]))
    return float(largest["size"]) / int(largest["docs.count"])


if __name__ == "__main__":
    main()
