"""Bytes a document and indexing time, for each way to map the same documents."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.index.documents import bulk, documents
from benchmarks.index.node import Cost, Node

START = datetime(2026, 11, 22, tzinfo=UTC)
SPAN = timedelta(hours=23)
"""All of them fall into one day's index."""


@dataclass(frozen=True)
class Stored:
    """One template's figures for one set of documents."""

    template: str
    bytes_each: float
    indexing: Cost
    documents: int

    @property
    def per_vcpu(self) -> float:
        """Documents that one vCPU indexes in a second."""
        return self.documents / self.indexing.cpu


def put(node: Node, name: str, template: Mapping[str, Any] | None, *, pattern: str) -> None:
    """Make the indices of a pattern be mapped by this template, or as the engine maps by itself."""
    body: dict[str, Any] = {"index_patterns": [pattern], "priority": 200}
    if template is not None:
        body["template"] = template["template"]
    node.call("PUT", f"/_index_template/{name}", body)


def compare(
    node: Node,
    templates: Mapping[str, Mapping[str, Any] | None],
    count: int,
    *,
    rounds: int = 3,
    with_prediction_id: bool = False,
) -> list[Stored]:
    """Index `count` documents under each template, taking turns; indexing costs are the medians of the rounds."""
    bodies = {
        name: list(bulk(documents(count, START, SPAN, with_prediction_id=with_prediction_id), f"bench-{name}"))
        for name in templates
    }
    sizes: dict[str, float] = {}
    costs: dict[str, list[Cost]] = {name: [] for name in templates}
    for name, template in templates.items():
        put(node, f"bench-{name}", template, pattern=f"bench-{name}-*")
    for turn in range(rounds + 1):
        for name in templates:
            cost = _index(node, name, bodies[name])
            if turn:  # the first turn warms the engine up
                costs[name].append(cost)
            if turn == rounds:
                sizes[name] = node.merged_bytes(f"bench-{name}-*") / count
            node.call("DELETE", f"/bench-{name}-*")
    return [
        Stored(
            name,
            sizes[name],
            Cost(
                statistics.median(each.seconds for each in costs[name]),
                statistics.median(each.cpu for each in costs[name]),
            ),
            count,
        )
        for name in templates
    ]


def _index(node: Node, name: str, bodies: list[bytes]) -> Cost:
    """Index and refresh, merges included."""

    def work() -> None:
        node.write(iter(bodies))
        node.call("POST", f"/bench-{name}-*/_refresh")
        node.settle(f"bench-{name}-*")

    return node.cost_of(work)
