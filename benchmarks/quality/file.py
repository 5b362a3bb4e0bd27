"""What a file of truth costs: `python -m benchmarks.quality.file [--rows 10000 1000000]`.

It starts an engine, indexes a prediction for each row of the largest file, and sends files with `predmon actuals`,
each in a process of its own. The alternative, in the same run, is what the command did before: hold all rows, store
them, let the join find what waits, and ask what became of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from click.testing import CliRunner
from opensearchpy import OpenSearch

from benchmarks.quality.__main__ import identity, predict
from contracts import actuals as contract
from monitors.quality.config import Config
from monitors.quality.joining import join
from predmon.commands.actuals import actuals as command
from predmon.commands.deployment.target import Target
from predmon.local.engine import Engine
from stacks.constructs.index_templates import index_templates

IN_A_REQUEST = 1000


def send(url: str, file: Path) -> None:
    """Send a file with the command that a person runs."""
    command.read_deployed_config = lambda _: Config(url)
    Target.resolve = classmethod(lambda _: Target({}, None, url))  # type: ignore[method-assign, assignment, arg-type]
    Target.search = lambda _: OpenSearch(url, timeout=300)  # type: ignore[method-assign]
    result = CliRunner().invoke(command.actuals, [str(file), "--yes"])
    assert result.exception is None, result.output


def store_then_join(url: str, file: Path) -> None:
    """Send a file as the command did before."""
    search, now = OpenSearch(url, timeout=300), datetime.now(UTC)
    moment = round(now.timestamp() * 1000)
    with file.open() as opened:
        rows = [(row["prediction_id"], {"label": row["label"]}) for row in csv.DictReader(opened)]
    for start in range(0, len(rows), IN_A_REQUEST):
        lines: list[dict[str, Any]] = []
        for id, actual in rows[start : start + IN_A_REQUEST]:
            lines += [contract.action(id, actual, moment), contract.document(id, actual, moment, source="file")]
        search.bulk(body=lines)
    join(search, Config(url), now, time.monotonic() + 24 * 3600)
    ids = [contract.identity(id) for id, _ in rows]
    for start in range(0, len(ids), IN_A_REQUEST):
        search.mget(index=contract.INDEX, body={"ids": ids[start : start + IN_A_REQUEST]}, _source=["state"])


WAYS = {"predmon actuals": send, "store, then join": store_then_join}


def measure(engine: Engine, url: str, way: str, file: Path) -> dict[str, float]:
    """Return the seconds, the seconds of CPU time of engine and command, and the peak memory of the command in MB."""
    node = psutil.Process(json.loads(engine.record.read_text())["pid"])
    search = OpenSearch(url, timeout=300)
    search.indices.delete(index=contract.INDEX, ignore_unavailable=True)
    clock, cpu = time.monotonic(), sum(node.cpu_times()[:2])
    arguments = ["-m", "benchmarks.quality.file", "--url", url, "--way", way, "--file", str(file)]
    child = json.loads(subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout)
    seconds, cpu = time.monotonic() - clock, sum(node.cpu_times()[:2]) - cpu + child["cpu"]
    search.indices.refresh(index=contract.INDEX)
    joined = search.count(index=contract.INDEX, body={"query": {"term": {"state": "joined"}}})["count"]
    return {"seconds": seconds, "cpu": cpu, "memory": child["memory"], "joined": joined}


def write_file(folder: Path, rows: int) -> Path:
    """Write a file with a truth for so many predictions."""
    file = folder / f"{rows}.csv"
    with file.open("w") as opened:
        opened.write("prediction_id,label,comment\n")
        opened.writelines(f"{identity(number)},{'ab'[number % 3 % 2]},seen\n" for number in range(rows))
    return file


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--url")
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    if arguments.way:
        WAYS[arguments.way](arguments.url, arguments.file)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}))
        return
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        url = engine.start()
        try:
            for name, template in index_templates(1).items():
                OpenSearch(url).indices.put_index_template(name=name, body=template)
            predict(OpenSearch(url, timeout=300), range(max(arguments.rows)))
            print(
                "| rows | | joined | seconds | CPU, s | peak memory, MB |\n| --: | --- " + "| --: " * 4 + "|",
                flush=True,
            )
            for rows in arguments.rows:
                for way in WAYS:
                    found = measure(engine, url, way, write_file(Path(folder), rows))
                    figures = (
                        f"{found['joined']:,} | {found['seconds']:.1f} | {found['cpu']:.1f} | {found['memory']:.0f}"
                    )
                    print(f"| {rows:,} | {way} | {figures} |", flush=True)
        finally:
            engine.stop()


if __name__ == "__main__":
    main()
