"""Lambda's asynchronous invocation, as far as the shipper depends on it, with a real process for every attempt.

After an error or a time-out the same event is delivered twice more; then a record of it goes to the on-failure bucket,
under the name and in the form that AWS documents ("Asynchronous invocation", "Retaining records"). The waits between
the attempts, one and two minutes there, are `waits_seconds` here.

As a program (`python -m tests.invoking HANDLER SECONDS`) it is that process: event on standard input, the handler's
answer on standard output, status 1 and the error's record after an exception.
"""

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from predmon.local.failures import failure_record
from tests.shipping import Context

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Function:
    """A deployed function: its handler, environment and time-out, and where its failures go."""

    handler: str
    environ: dict[str, str]
    s3: Any
    bucket: str
    timeout_seconds: float = 30
    waits_seconds: Sequence[float] = (0.2, 0.4)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def invoke_async(self, event: dict[str, Any]) -> bool:
        """Deliver an event as Lambda does; tells whether it was taken, else its record lies in the bucket."""
        error = self.invoke(event)
        for wait in self.waits_seconds:
            if error is None:
                return True
            time.sleep(wait)
            error = self.invoke(event)
        if error is None:
            return True
        self.keep_record(event, error)
        return False

    def invoke(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """Run the handler once, in a process that is killed when its time is up; gives the error, if any."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.invoking", self.handler, str(self.timeout_seconds)],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.processes.append(process)
        try:
            printed, said = process.communicate(json.dumps(event).encode(), self.timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return {"errorMessage": f"Task timed out after {self.timeout_seconds:.2f} seconds"}
        if process.returncode == 0:
            return None
        if process.returncode < 0:
            return {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with error: signal: killed"}
        assert printed.startswith(b"{") or said, "a handler that fails says why"
        return json.loads(said.splitlines()[-1])

    def keep_record(self, event: dict[str, Any], error: dict[str, Any]) -> None:
        """Write what Lambda writes after the last attempt."""
        arn = "arn:aws:lambda:eu-central-1:123456789012:function:shipper"
        key, body = failure_record(arn, event, error, invocations=1 + len(self.waits_seconds))
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)


def main(path: str, seconds: str) -> None:
    """Run one attempt."""
    module, _, name = path.rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    try:
        answer = handler(json.load(sys.stdin), Context(float(seconds)))
    except Exception as error:  # whatever a handler raises becomes its record
        print(json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}), file=sys.stderr)
        sys.exit(1)
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
