"""What a comparison costs at a thousand and at a million predictions an hour, and a run of 100 groups.

    python -m benchmarks.drift.cost 1000 10000 100000 1000000 --groups 100

Starts an OpenSearch node of its own; needs the project's environment. A million documents take some minutes to index.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch, Transport, helpers

from monitors.drift.all_groups import compare_all
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.reports.report import finish, write
from monitors.reporting.periods import Group, Period
from predmon.local.engine import Engine

ROOT = Path(__file__).parents[2]
TEMPLATES = {
    "cwl": "contracts/templates/predictions.json",
    "prediction-reference": "contracts/templates/drift_reference.json",
    "drift": "contracts/templates/drift.json",
}
REPETITIONS = 7


class Counting(Transport):
    """Counts the bytes of the answers."""

    received = 0

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        """Send it, and add the size of what came back."""
        answer = super().perform_request(*args, **kwargs)
        Counting.received += len(json.dumps(answer))
        return answer


def predictions(number: int, group: Group, period: Period) -> Iterator[dict[str, Any]]:
    """Bulk actions at even distances over the period."""
    generator = random.Random(8)
    for index in range(number):
        moment = period.start + (period.end - period.start) * index / number
        yield {
            "_index": f"cwl-{moment:%Y.%m.%d}",
            "@timestamp": moment.isoformat(),
            "@log_group": group.log_group,
            "model": {"name": "made-up", "version": group.model_version},
            "prediction": {
                "label": "unacceptable" if generator.random() < 0.3 else "acceptable",
                "score": round(generator.betavariate(9, 1.5), 4),
            },
            "shipper": {"text_characters": round(generator.lognormvariate(4, 0.5))},
        }


def main() -> None:
    """Print one row for each number of predictions, and what a run of many groups takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", type=int, nargs="*", default=[1000, 10_000, 100_000])
    parser.add_argument("--groups", type=int, default=100)
    arguments = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    hour = timedelta(hours=1)
    with tempfile.TemporaryDirectory() as home, Engine(Path(home)) as engine:
        search = OpenSearch(engine.url, timeout=120, transport_class=Counting)
        for name, path in TEMPLATES.items():
            search.indices.put_index_template(name=name, body=json.loads((ROOT / path).read_text()))
        config = Config(str(engine.url))
        many(search, arguments.groups, now, config)
        print("| predictions in the window | seconds | of it CPU of the function | bytes received |")
        print("| --: | --: | --: | --: |")
        for number in arguments.numbers:
            group = Group(f"/aws/lambda/{number}", "1")
            helpers.bulk(search, predictions(2000, group, Period(now - 3 * hour, now - 2 * hour)), refresh=True)
            for _ in helpers.parallel_bulk(
                search, predictions(number, group, Period(now - hour, now)), chunk_size=5000, thread_count=2
            ):
                pass
            search.indices.refresh(index="cwl-*")
            compare(search, group, Period(now - hour, now), config)
            rows = [measure(search, group, Period(now - hour, now), config) for _ in range(REPETITIONS)]
            seconds, cpu, received = (sorted(column)[REPETITIONS // 2] for column in zip(*rows, strict=True))
            print(f"| {number:,} | {seconds:.3f} | {cpu:.3f} | {received:,.0f} |", flush=True)


def many(search: OpenSearch, groups: int, now: datetime, config: Config) -> None:
    """Print how long a run takes that freezes the references of so many groups, and the next one."""
    hour = timedelta(hours=1)
    for number in range(groups):
        group = Group(f"/aws/lambda/many-{number}", "1")
        helpers.bulk(search, predictions(2000, group, Period(now - 3 * hour, now - 2 * hour)))
        helpers.bulk(search, predictions(300, group, Period(now - hour, now)))
    search.indices.refresh(index="cwl-*")
    for what in ("the first run", "the next run"):
        cpu, began = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
        judged = compare_all(search, Period(now - hour, now), config)
        judged.check()
        for run in judged.runs:
            write(search, run)
        finish(search, judged.runs)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu
        print(f"{len(judged.runs)} groups, {what}: {seconds:.0f} s, of it {used:.0f} s CPU of the function", flush=True)
    print()


def measure(search: OpenSearch, group: Group, period: Period, config: Config) -> tuple[float, float, float]:
    """Seconds, CPU seconds of this process, and bytes received, of one comparison that nothing cached."""
    search.indices.clear_cache(index="cwl-*")
    Counting.received = 0
    cpu, began = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    compare(search, group, period, config)
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_utime - cpu, Counting.received


if __name__ == "__main__":
    main()
