"""Years of a small domain: `python -m benchmarks.index.years`.

    python -m benchmarks.index.years [--years 10] [--predictions 1000] [--retention-days 0]

Writes every day of predictions, lines kept raw and reports, looks after past days once a day as the deployed function
does, and ends every tenth run at a random request. After each year it prints shards, heap, documents found and
expected, and how long a search over the last year takes against one over a month of as many documents.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from benchmarks.index.documents import bulk, documents
from benchmarks.index.node import Node
from monitors.days.capacity import read_capacity
from monitors.days.handler import tidy
from predmon.local.engine import Engine
from stacks.constructs.index_templates import index_templates

START = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KILL_EVERY = 10


class KilledError(BaseException):
    """The function is ended from outside."""


def kill_after(client: OpenSearch, requests: int) -> None:
    """Let the client end with KilledError at a request to come."""
    perform, left = client.transport.perform_request, [requests]

    def counted(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KilledError
        return perform(*arguments, **options)

    client.transport.perform_request = counted


def day_of(at: datetime, count: int) -> Iterator[bytes]:
    """Give the bulk requests of one day: predictions, a line kept raw, and a report of drift and of quality."""
    yield from bulk(documents(count, at, DAY - timedelta(seconds=1), seed=at.toordinal()), "cwl")
    stamp = json.dumps({"@timestamp": at.isoformat(), "kind": "run"})
    names = (f"raw-{at:%Y.%m.%d}", f"drift-{at:%Y.%m}", f"quality-{at:%Y.%m}")
    yield "".join(f'{{"index":{{"_index":"{n}","_id":"{at:%Y%m%d}"}}}}\n{stamp}\n' for n in names).encode()


def search_milliseconds(node: Node, index: str, start: datetime, end: datetime) -> float:
    """Return the median time of a page's search over a period, each with a range of its own so that none is cached."""
    took = []
    for number in range(9):
        span = {"gte": (start + timedelta(milliseconds=number)).isoformat(), "lt": end.isoformat()}
        terms = {"terms": {"field": "prediction.label.keyword"}, "aggs": {"s": {"avg": {"field": "prediction.score"}}}}
        body = {"size": 0, "track_total_hits": True, "query": {"range": {"@timestamp": span}}, "aggs": {"l": terms}}
        began = time.perf_counter()
        node.call("POST", f"/{index}/_search?request_cache=false", body)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def main() -> None:
    """Print a row for each year."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--predictions", type=int, default=1000, help="a day")
    parser.add_argument("--retention-days", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as home, Engine(Path(home)) as engine:
        node, search = Node(str(engine.url)), OpenSearch(str(engine.url), timeout=120)
        for name, template in index_templates(1).items():
            node.call("PUT", f"/_index_template/{name}", json.loads(template))
        for name in ("prediction-actuals", "prediction-reference", "prediction-quality-reference", "drift-now"):
            node.call("PUT", f"/{name}")
        node.call("PUT", "/quality-now")
        yearly = 365 * arguments.predictions
        node.call("PUT", "/month", json.loads(index_templates(1)["cwl"])["template"])
        month = bulk(documents(yearly, START, 30 * DAY), "cwl")
        node.write(each.replace(b'"_index":"cwl-', b'"_index":"month","routing":"') for each in month)
        node.call("POST", "/month/_refresh")
        print(
            "| year | most shards | indices | heap % | found | expected | kills | longest run s | year ms | month ms |"
        )
        print("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
        for year in range(arguments.years):
            most = kills = 0
            longest = 0.0
            for number in range(365):
                at = START + (365 * year + number) * DAY
                node.write(day_of(at, arguments.predictions))
                client = OpenSearch(str(engine.url), timeout=120)
                if chance.randrange(KILL_EVERY) == 0:
                    kill_after(client, chance.randrange(60))
                began = time.perf_counter()
                try:
                    tidy(client, at + timedelta(hours=25), arguments.retention_days, time.monotonic() + 800)
                except KilledError:
                    kills += 1
                longest = max(longest, time.perf_counter() - began)
                most = max(most, read_capacity(search).shards)
            node.call("POST", "/cwl-*/_refresh")
            found = search.count(index="cwl-*")["count"]
            days_kept = 365 * (year + 1)
            if arguments.retention_days:
                days_kept = min(days_kept, arguments.retention_days + 1)
            end = START + 365 * (year + 1) * DAY
            year_ms = search_milliseconds(node, "cwl-*", end - 365 * DAY, end)
            month_ms = search_milliseconds(node, "month", START, START + 30 * DAY)
            capacity = read_capacity(search)
            print(
                f"| {year + 1} | {most} | {capacity.shards} | {capacity.heap_percent} | {found:,} | "
                f"{days_kept * arguments.predictions:,} | {kills} | {longest:.1f} | {year_ms:.0f} | {month_ms:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
