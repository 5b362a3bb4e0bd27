"""The engine under measurement: its CPU time, and what an index takes on its disk."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import requests

NDJSON = {"Content-Type": "application/x-ndjson"}
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock, and CPU seconds of the engine's process."""

    seconds: float
    cpu: float


class Node:
    """An OpenSearch node, by its address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request and return its JSON; raises RuntimeError with the engine's answer for a refusal."""
        data = json.dumps(body) if body is not None else None
        answer = self.session.request(
            method, self.url + path, data=data, headers={"Content-Type": "application/json"}, timeout=600
        )
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def write(self, bodies: Iterator[bytes]) -> None:
        """Send bulk requests, one after the other."""
        for body in bodies:
            answer = self.session.post(f"{self.url}/_bulk?filter_path=errors", data=body, headers=NDJSON, timeout=600)
            if not answer.ok or answer.json()["errors"]:
                raise RuntimeError(f"a bulk request failed: {answer.status_code} {answer.text[:500]}")

    def cpu(self) -> float:
        """CPU seconds that the engine's process has used so far. The engine looks once a second: wait for the next."""
        asked = time.time() * 1000
        while True:
            nodes = self.call("GET", "/_nodes/stats/process")["nodes"]
            found = [each["process"] for each in nodes.values()]
            if all(each["timestamp"] >= asked for each in found):
                return sum(each["cpu"]["total_in_millis"] for each in found) / 1000
            time.sleep(0.05)

    def cost_of(self, work: Callable[[], object]) -> Cost:
        """Do the work and return what it took."""
        cpu, began = self.cpu(), time.perf_counter()
        work()
        seconds = time.perf_counter() - began
        return Cost(seconds, self.cpu() - cpu)

    def settle(self, pattern: str) -> None:
        """Wait until no merge is under way, so that its CPU time counts for what caused it."""
        until = time.monotonic() + WAIT_SECONDS
        while self._merging(pattern):
            if time.monotonic() > until:
                raise RuntimeError(f"{pattern} still merges after {WAIT_SECONDS} s")
            time.sleep(0.05)

    def _merging(self, pattern: str) -> int:
        return int(self.call("GET", f"/{pattern}/_stats/merge")["_all"]["total"]["merges"]["current"])

    def merged_bytes(self, pattern: str) -> int:
        """Merge each index to one segment and return the bytes of all of them."""
        self.call("POST", f"/{pattern}/_forcemerge?max_num_segments=1&flush=true")
        self.call("POST", f"/{pattern}/_flush?force=true")
        self.call("POST", f"/{pattern}/_refresh")
        until = time.monotonic() + WAIT_SECONDS
        while True:
            segments = self.call("GET", f"/_cat/segments/{pattern}?format=json&bytes=b&h=index,size")
            if len(segments) == len({each["index"] for each in segments}):
                return sum(int(each["size"]) for each in segments)
            if time.monotonic() > until:
                raise RuntimeError(f"{pattern} has more than one segment an index after {WAIT_SECONDS} s")
            time.sleep(0.1)
