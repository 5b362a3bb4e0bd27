"""What the domain has room for: shards, heap and disk, used and allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

GUIDELINE_SHARDS_PER_GIB = 25
"""What Amazon rates a node for, by its heap (OpenSearch Service developer guide, "Choosing the number of shards")."""
GIB = 2**30
LIMIT = "cluster.max_shards_per_node"
DEFAULT_LIMIT = 1000


@dataclass(frozen=True)
class Capacity:
    """Shards of the whole domain; heap and disk of the node that has the least left."""

    shards: int
    most_shards: int
    """Above this the engine refuses to make an index."""
    rated_shards: int
    """Amazon's guideline for the heap that there is."""
    heap_percent: int
    disk_free_percent: int
    disk_free_gib: float

    @property
    def shards_percent(self) -> float:
        """Share of the allowed shards that are used."""
        return 100 * self.shards / self.most_shards

    def __str__(self) -> str:
        return (
            f"{self.shards} of {self.most_shards:,} shards (rated for {self.rated_shards}), "
            f"heap {self.heap_percent} % used, disk {self.disk_free_gib:.1f} GiB free ({self.disk_free_percent} %)"
        )


def read_capacity(search: OpenSearch) -> Capacity:
    """Ask the engine."""
    health = search.cluster.health()
    settings = search.cluster.get_settings(params={"include_defaults": "true", "flat_settings": "true"})
    limits = [settings.get(kind, {}).get(LIMIT) for kind in ("transient", "persistent", "defaults")]
    limit = int(next((each for each in limits if each), DEFAULT_LIMIT))
    nodes = [each for each in search.nodes.stats(metric="jvm,fs")["nodes"].values() if _holds_data(each)]
    free = min((each["fs"]["total"] for each in nodes), key=_free_share)
    return Capacity(
        shards=health["active_shards"] + health["unassigned_shards"] + health["initializing_shards"],
        most_shards=limit * health["number_of_data_nodes"],
        rated_shards=int(GUIDELINE_SHARDS_PER_GIB * sum(_heap(each) for each in nodes) / GIB),
        heap_percent=max(each["jvm"]["mem"]["heap_used_percent"] for each in nodes),
        disk_free_percent=int(100 * _free_share(free)),
        disk_free_gib=free["available_in_bytes"] / GIB,
    )


def _holds_data(node: dict[str, Any]) -> bool:
    return "data" in node.get("roles", ["data"])


def _heap(node: dict[str, Any]) -> int:
    return int(node["jvm"]["mem"]["heap_max_in_bytes"])


def _free_share(disk: dict[str, Any]) -> float:
    return float(disk["available_in_bytes"] / disk["total_in_bytes"])
