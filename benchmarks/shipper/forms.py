"""CPU of other forms of a line than the ordinary one: `python -m benchmarks.shipper.forms`.

The shipper handles batches of each form in turns, against the sink. Printed is what a form takes of an ordinary line's
CPU.
"""

import base64
import contextlib
import gzip
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.shipper.batches import batch
from benchmarks.shipper.contenders import Context, load
from benchmarks.shipper.cpu import environment
from benchmarks.shipper.sink import sink

EVENTS = 1_000
TURNS = 25
LOGGERS = {"level": "INFO", "timestamp": "2026-11-22T00:00:00Z", "message": "predicted"}


def _map(logged: dict[str, Any]) -> dict[str, Any]:
    score = logged["prediction"]["score"]
    rest = round((1 - score) / 2, 6)
    return logged | {"prediction": {"plumbing": score, "power": rest, "other": round(1 - score - rest, 6)}}


def _without_id(logged: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in logged.items() if key != "request_id"} | LOGGERS


FORMS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ordinary line": lambda logged: logged,
    "map of class to probability": _map,
    "a logger's line": _without_id,
    "a logger's line with a request_id": lambda logged: logged | LOGGERS,
}


def events(form: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Return a batch whose lines have this form."""
    body = json.loads(gzip.decompress(base64.b64decode(batch(EVENTS)["awslogs"]["data"])))
    for event in body["logEvents"]:
        event["message"] = json.dumps(form(json.loads(event["message"])), ensure_ascii=False) + "\n"
    data = gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 6)
    return {"awslogs": {"data": base64.b64encode(data).decode()}}


def main() -> None:
    """Let the forms take turns, and print the table."""
    taken: dict[str, list[float]] = {name: [] for name in FORMS}
    batches = {name: events(form) for name, form in FORMS.items()}
    with sink() as url, Path(os.devnull).open("w") as nowhere:
        os.environ.update(environment(url))
        handler = load("shipper")
        for _ in range(TURNS):
            for name, each in batches.items():
                started = time.process_time()
                with contextlib.redirect_stdout(nowhere):
                    handler(each, Context())
                taken[name].append(time.process_time() - started)
    ordinary = taken["ordinary line"]
    print(f"| batches of {EVENTS:,} | CPU |\n| - | --: |")
    for name, seconds in taken.items():
        print(f"| {name} | {statistics.median(a / b for a, b in zip(seconds, ordinary, strict=True)):.2f} |")


if __name__ == "__main__":
    main()
