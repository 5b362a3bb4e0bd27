"""Load of many log groups: CPU and requests for each event over the stream, with 1,000 log groups and with ten.

`python -m benchmarks.shipper.groups` prints both and their ratio. Both runs have the same 20,000 events a second in
all. A subscription batch has the lines of one log group within a second. Lambda gathers such records for two seconds,
or up to 500 of them.
"""

import base64
import contextlib
import gzip
import io
import json
import os
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.shipper.batches import START_MS, line
from benchmarks.shipper.sink import sink
from lambda_shipper import kinesis
from stacks.constructs.stream import BATCH_SIZE

EVENTS_A_SECOND = 20_000
FEW, MANY = 10, 1000
SECONDS = 2
"""As long as a record may wait for company: see `stacks/constructs/stream.py`."""
TURNS = 9


class Context:
    """Lambda's context, with time enough."""

    function_name = "shipper"

    def get_remaining_time_in_millis(self) -> int:
        """Return a minute."""
        return 60_000


def invocations(groups: int) -> Iterator[dict[str, Any]]:
    """Yield what Lambda invokes the shipper with after two seconds of this load."""
    chance, each = random.Random(7), EVENTS_A_SECOND // groups
    records = []
    for number in range(SECONDS * groups):
        second, group = divmod(number, groups)
        events = [
            {
                "id": f"{number * each + at:056d}",
                "timestamp": START_MS + second * 1000 + at % 1000,
                "message": line(chance, number * each + at),
            }
            for at in range(each)
        ]
        body = {
            "messageType": "DATA_MESSAGE",
            "owner": "123456789012",
            "logGroup": f"/aws/lambda/model-{group}",
            "logStream": "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
            "subscriptionFilters": ["predictions"],
            "logEvents": events,
        }
        data = base64.b64encode(gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 6)).decode()
        records.append({"eventID": f"shard:{number}", "kinesis": {"sequenceNumber": str(number), "data": data}})
    for start in range(0, len(records), BATCH_SIZE):
        yield {"Records": records[start : start + BATCH_SIZE]}


def measure(prepared: list[dict[str, Any]]) -> tuple[float, int]:
    """Return the CPU seconds of these invocations, and how many requests they sent."""
    said = io.StringIO()
    started = time.process_time()
    with contextlib.redirect_stdout(said):
        for event in prepared:
            kinesis.handler(event, Context())
    taken = time.process_time() - started
    reports = [json.loads(each) for each in said.getvalue().splitlines()]
    assert sum(each["indexed"] for each in reports) == SECONDS * EVENTS_A_SECOND
    return taken, sum(each["requests"] for each in reports)


if __name__ == "__main__":
    events = SECONDS * EVENTS_A_SECOND
    few, many = list(invocations(FEW)), list(invocations(MANY))
    with sink() as url:
        os.environ.update(OPENSEARCH_URL=url, OPENSEARCH_AUTH="none")
        turns = [(measure(few), measure(many)) for _ in range(TURNS)]
    for groups, of in ((FEW, 0), (MANY, 1)):
        seconds = statistics.median(turn[of][0] for turn in turns)
        print(f"{groups:5} log groups: {seconds / events * 1e6:6.2f} µs of CPU an event, {turns[0][of][1]} requests")
    cpu = statistics.median(turn[1][0] / turn[0][0] for turn in turns)
    print(f"ratio of CPU {cpu:.2f}, of requests {turns[0][1][1] / turns[0][0][1]:.2f}")
