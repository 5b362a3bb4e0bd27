"""`python -m benchmarks chaos --seed N --minutes M`: random faults and lines, and an exact count in the end."""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import requests
from moto import mock_aws

from benchmarks.chaos.faults import Faults, proxy
from benchmarks.chaos.run import BUCKET, Run, differences
from predmon.local.engine import Engine

ROOT = Path(__file__).parents[2]
INDICES = "cwl-*,raw-*"
WORKERS = 4
SETTLE_SECONDS = 600
AWS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}


def main(arguments: list[str]) -> int:
    """Run once and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks chaos")
    parser.add_argument("--seed", type=int, default=1, help="what the lines and faults are made of")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long new lines arrive, at least")
    parser.add_argument("--predictions", type=int, default=200_000, help="how many there are, at least")
    options = parser.parse_args(arguments)
    os.environ |= AWS
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder)) as engine, mock_aws():
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": AWS["AWS_DEFAULT_REGION"]}
        )
        said = chaos(engine, options.seed, options.minutes * 60, options.predictions)
    print(json.dumps(said, ensure_ascii=False), flush=True)
    return 0 if said["exact"] else 1


def chaos(engine: Engine, seed: int, seconds: float, predictions: int) -> dict[str, object]:
    """Let everything happen at once for so long, then settle, and compare what is there with what was logged."""
    url = str(engine.url)
    for name, file in (("cwl", "predictions.json"), ("raw", "raw.json")):
        template = json.loads((ROOT / "contracts/templates" / file).read_text())
        requests.put(f"{url}/_index_template/{name}", json=template).raise_for_status()
    faults = Faults(seed)
    began = time.monotonic()
    with proxy(url, faults) as front:
        run = Run(seed, front, faults)
        stop = threading.Event()
        events = threading.Thread(target=happen, args=(run, engine, seconds, stop), daemon=True)
        events.start()
        with ThreadPoolExecutor(WORKERS) as pool:
            for done in [pool.submit(run.work, began + seconds, predictions) for _ in range(WORKERS)]:
                done.result()
        stop.set()
        events.join()
        faults.rate, faults.down = 0.02, False
        run.backfill()
        settled = time.monotonic() + SETTLE_SECONDS
        # What five tries in a row could not deliver waits for a person, who runs `predmon replay --set-aside`.
        while (left := run.drain(30, set_aside=True)) and time.monotonic() < settled:
            pass
    found = documents(url)
    wrong = differences(found, run.expected)
    return {
        "seed": seed,
        "exact": not wrong and not left,
        "predictions": len(run.expected),
        "documents": len(found),
        "kept_raw": sum(label is None for label in found.values()),
        "ignored": run.ignored,
        "wrong": wrong[:10],
        "left_in_the_bucket": left,
        "seconds": round(time.monotonic() - began),
        "faults": dict(faults.done),
        "events": dict(run.counts),
    }


def happen(run: Run, engine: Engine, seconds: float, stop: threading.Event) -> None:
    """Replay all along; in the middle deploy another version and kill the engine; now and then be down."""
    began, is_killed = time.monotonic(), False
    while not stop.wait(2):
        share = (time.monotonic() - began) / seconds
        run.deployed = (0,) if share < 0.4 else (0, 1) if share < 0.7 else (1,)
        run.faults.down = int(share * 20) % 10 == 3
        if share > 0.5 and not is_killed:
            is_killed = True
            port = int(str(engine.url).rpartition(":")[2])
            engine.kill()
            engine.start(port)
        run.drain(5)


def documents(url: str) -> dict[str, str | None]:
    """Return the label of every document by its `_id`, None of what is kept raw. No `_id` may be in two indices."""
    requests.post(f"{url}/{INDICES}/_refresh").raise_for_status()
    query = {"size": 5000, "_source": ["prediction.label"]}
    page = requests.post(f"{url}/{INDICES}/_search?scroll=2m", json=query).json()
    found: dict[str, str | None] = {}
    while page["hits"]["hits"]:
        for hit in page["hits"]["hits"]:
            is_raw = hit["_index"].startswith("raw-")
            id = hit["_id"] if hit["_id"] not in found else f"{hit['_id']} twice, in {hit['_index']}"
            found[id] = None if is_raw else hit["_source"]["prediction"]["label"]
        page = requests.post(f"{url}/_search/scroll", json={"scroll": "2m", "scroll_id": page["_scroll_id"]}).json()
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
