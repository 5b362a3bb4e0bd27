"""One reload of a dashboard after a new document: the searches that its panels send, sent again.

`requests/` holds the searches of the saved objects, so that this needs no Dashboards. They are those
that a real Dashboards sends; `capturing.py` wrote them.
"""

import json
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import requests

from benchmarks.index.documents import bulk, documents
from benchmarks.index.node import Cost, Node

FOLDER = Path(__file__).with_name("requests")
DAY = timedelta(hours=24)
RECENT = timedelta(hours=3)
"""What the main table's latencies are of."""
AT_ONCE = 6
"""A browser has so many connections to one server."""


@dataclass(frozen=True)
class Search:
    """A panel's search: the first index that it names, and its body."""

    index: str
    body: dict[str, Any]


def searches(name: str) -> list[Search]:
    """Return the searches of one dashboard as they were captured."""
    return [Search(each["index"], each["body"]) for each in json.loads((FOLDER / f"{name}.json").read_text())]


def fill(node: Node, prefix: str, count: int, end: datetime) -> None:
    """Write a day of predictions that ends at `end`."""
    node.write(bulk(documents(count, end - DAY, DAY), prefix))
    node.call("POST", f"/{prefix}-*/_refresh")
    node.settle(f"{prefix}-*")


def reload(node: Node, prefix: str, found: Sequence[Search], end: datetime, *, rounds: int = 5) -> Cost:
    """Return the median cost of a reload; before each, a new document arrives and becomes searchable."""
    costs: list[Cost] = []
    for turn in range(rounds + 1):
        at = end + timedelta(seconds=5 * (turn + 1))
        node.write(bulk(documents(1, at, timedelta(seconds=1), seed=turn), prefix))
        node.call("POST", f"/{prefix}-*/_refresh")
        asked = [Search(_own(each.index, prefix), _filled(each, at)) for each in found]
        cost = node.cost_of(partial(_send, node, asked))
        if turn:  # the first reload also reads what no later one has to
            costs.append(cost)
    return Cost(statistics.median(each.seconds for each in costs), statistics.median(each.cpu for each in costs))


def _own(pattern: str, prefix: str) -> str:
    """Return the pattern of this measurement's own indices; there are predictions only, nothing kept raw or judged."""
    return f"{prefix}-*" if pattern.startswith("cwl-") else f"{prefix}-none-*"


def _filled(search: Search, end: datetime) -> dict[str, Any]:
    """Return a body whose time range is the day before `end`."""
    text = json.dumps(search.body)
    moments = {"{before}": end - 2 * DAY, "{from}": end - DAY, "{recent}": end - RECENT, "{to}": end}
    for mark, moment in moments.items():
        text = text.replace(mark, moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    return json.loads(text)  # type: ignore[no-any-return]


def _send(node: Node, asked: Sequence[Search]) -> None:
    """Send all searches, a few at a time, as a browser does."""
    waiting, problems = list(reversed(asked)), list[str]()

    def work() -> None:
        session = requests.Session()
        session.trust_env = False
        while waiting:
            each = waiting.pop()
            path = f"{node.url}/{each.index}/_search?ignore_unavailable=true"
            answer = session.post(path, json=each.body, timeout=600)
            if not answer.ok or answer.json()["_shards"]["failed"]:
                problems.append(answer.text[:500])

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(problems[0])
