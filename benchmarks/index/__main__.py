"""What the search index costs: `python -m benchmarks index`.

    python -m benchmarks.index [--quick]

Starts an OpenSearch node of its own; `PREDMON_ENGINE=3.5` names another version. Bytes, indexing and reloads are of one
run on one engine; compare the ratios. `--quick` leaves out the million predictions, which take some minutes to index
twice.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.index.node import Node
from benchmarks.index.reloading import fill, reload, searches
from benchmarks.index.storing import Stored, compare, put
from dashboards.importer.indices import fit_engine
from predmon.local.engine import Engine
from predmon.paths import ROOT

HERE = Path(__file__).parent
FORMER: Mapping[str, Mapping[str, Any] | None] = {
    "console": None,
    "before": json.loads((HERE / "before" / "index_template.json").read_text()),
    "47bb021": json.loads((HERE / "before" / "template_47bb021.json").read_text()),
}
"""The console's function brings no template; `before` and `47bb021` are ours of November 2026, and stay."""
NOW = json.loads((ROOT / "contracts/templates/predictions.json").read_text())
COUNTS = (10_000, 100_000)
DAYS = (100_000, 1_000_000)
BOARDS = ("main",)


def main() -> None:
    """Print one table for storing and one for reloads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 documents and a day of 100,000 only")
    parser.add_argument("--part", choices=["storing", "reloading"], help="only this part")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, Engine(Path(home)) as engine:
        node = Node(str(engine.url))
        print(f"OpenSearch {node.call('GET', '/')['version']['number']}\n")
        templates = templates_for(node)
        if arguments.part != "reloading":
            storing(node, templates, COUNTS[:1] if arguments.quick else COUNTS)
        if arguments.part != "storing":
            reloading(node, templates, DAYS[:1] if arguments.quick else DAYS)


def templates_for(node: Node) -> dict[str, Mapping[str, Any] | None]:
    """Return the templates of before and today's, which the import fits to the engine."""
    now = deepcopy(NOW)
    fit_engine(now, node.call("GET", "/")["version"]["number"])
    return {**FORMER, "now": now}


def storing(node: Node, templates: Mapping[str, Mapping[str, Any] | None], counts: tuple[int, ...]) -> None:
    """Print bytes and indexing time of each template, by itself and as a ratio to the console's."""
    print(
        "| documents | template | bytes each | ratio | CPU s | ratio | seconds | ratio | docs/s and vCPU | to 47bb021 |"
    )
    print("| --: | - | --: | --: | --: | --: | --: | --: | --: | --: |")
    for with_prediction_id in (False, True):
        for count in counts:
            found = compare(node, templates, count, with_prediction_id=with_prediction_id)
            for each in found:
                former = next(one for one in found if one.template == "47bb021")
                to_former = (
                    f" {each.bytes_each / former.bytes_each:.2f}, CPU {each.indexing.cpu / former.indexing.cpu:.2f} |"
                )
                print(_row(each, found[0], " with prediction_id" if with_prediction_id else "") + to_former, flush=True)


def _row(each: Stored, console: Stored, what: str) -> str:
    cpu, seconds = each.indexing.cpu / console.indexing.cpu, each.indexing.seconds / console.indexing.seconds
    return (
        f"| {each.documents:,}{what} | {each.template} | {each.bytes_each:.0f} | "
        f"{each.bytes_each / console.bytes_each:.2f} | {each.indexing.cpu:.2f} | {cpu:.2f} | "
        f"{each.indexing.seconds:.2f} | {seconds:.2f} | {each.per_vcpu:,.0f} |"
    )


def reloading(node: Node, templates: Mapping[str, Mapping[str, Any] | None], days: tuple[int, ...]) -> None:
    """Print what a reload of each dashboard costs, with the objects and template of 47bb021 and with those of now."""
    print("\n| predictions a day | dashboard | objects | searches | seconds | CPU s | ratio |")
    print("| --: | - | - | --: | --: | --: | --: |")
    for count in days:
        end = datetime.now(UTC).replace(microsecond=0)
        for name in ("47bb021", "now"):
            put(node, f"day-{name}", templates[name], pattern=f"day-{name}-*")
            fill(node, f"day-{name}", count, end)
        for board in BOARDS:
            costs = {}
            for name in ("47bb021", "now"):
                asked = searches(f"{name}-{board}")
                cost = costs[name] = reload(node, f"day-{name}", asked, end)
                print(
                    f"| {count:,} | {board} | {name} | {len(asked)} | {cost.seconds:.2f} | {cost.cpu:.2f} | "
                    f"{cost.cpu / costs['47bb021'].cpu:.2f} |",
                    flush=True,
                )
        for name in ("47bb021", "now"):
            node.call("DELETE", f"/day-{name}-*")


if __name__ == "__main__":
    main()
