"""5,001 actuals for 40,000 predictions: in any order, several times, at once, broken off, and exactly right."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from opensearchpy import OpenSearch

from contracts.actuals import INDEX
from monitors.quality.config import Config
from tests.local.conftest import ROOT
from tests.local.quality.conftest import empty
from tests.local.quality.parts import DAY, HOUR, NOW, Actual, deliver, deliver_many, predict, run_join, states

PREDICTIONS, TOLD, EARLY = 40_000, 5_000, 500
CONFIG = Config("http://unused")


@pytest.fixture(scope="module")
def told() -> list[Actual]:
    """The actuals, in random order. The first tenth will come before their predictions."""
    generator = random.Random(1)
    told: list[Actual] = [
        (f"p{number}", {"label": generator.choice("ab")}, NOW) for number in generator.sample(range(PREDICTIONS), TOLD)
    ]
    return [*told, ("nobody has this id", {"label": "a"}, NOW)]


@pytest.fixture(scope="module")
def search(opensearch_url: str, told: list[Actual]) -> Iterator[OpenSearch]:
    """Three days of predictions. Some came only after their actual, when the join had already looked for them."""
    client = empty(opensearch_url)
    spread = 3 * DAY / PREDICTIONS
    rows = [{"prediction_id": f"p{number}", "at": NOW - 3 * DAY + number * spread} for number in range(PREDICTIONS)]
    early = {id for id, _, _ in told[:EARLY]}
    predict(client, [row for row in rows if row["prediction_id"] not in early])
    deliver(client, told[:EARLY])
    assert run_join(client, CONFIG) == {"unknown": EARLY}
    predict(client, [row for row in rows if row["prediction_id"] in early])
    yield client
    client.close()


def test_exactly_five_thousand_are_joined_and_one_is_unknown(
    search: OpenSearch, told: list[Actual], opensearch_url: str
) -> None:
    shuffled = random.Random(2).sample(told, len(told))

    deliver_many(search, shuffled, times=3, at_once=8)
    broken_off = subprocess.Popen([sys.executable, "-m", "tests.local.quality.join_once", opensearch_url], cwd=ROOT)
    while not states(search).get("joined"):
        assert broken_off.poll() is None, "it came to its end before it could be killed"
        time.sleep(0.01)
    broken_off.kill()
    broken_off.wait()
    assert states(search)["waiting"] > 0
    deliver_many(search, shuffled, times=1, at_once=8)
    run_join(search, CONFIG, now=NOW + HOUR)

    assert states(search) == {"joined": TOLD, "unknown": 1}
    assert search.count(index=INDEX)["count"] == TOLD + 1
    right = sum(actual == {"label": "a"} for _, actual, _ in told) - 1
    assert search.count(index=INDEX, body={"query": {"term": {"correct": 1}}})["count"] == right


def test_five_thousand_are_joined_in_five_seconds(search: OpenSearch, told: list[Actual], opensearch_url: str) -> None:
    search.indices.delete(index=INDEX)
    deliver_many(search, told, times=1, at_once=8)
    assert run_join(search, CONFIG, seconds=0) == {"left": 1}  # the next run does what the time was too short for

    before = cpu_seconds(opensearch_url)
    done = run_join(search, CONFIG)
    seconds = cpu_seconds(opensearch_url) - before

    assert done == {"joined": TOLD, "unknown": 1}
    assert seconds < 5


def cpu_seconds(opensearch_url: str) -> float:
    """Return the CPU time of the node and of this process. One waits for the other, so together it is the time taken.

    A clock would also measure what else runs on the machine.
    """
    port = urlsplit(opensearch_url).port
    (node,) = {
        each.pid
        for each in psutil.net_connections()
        if each.laddr and each.laddr.port == port and each.status == "LISTEN"
    }
    return sum(psutil.Process(node).cpu_times()[:2]) + time.process_time()
