"""Invoke a function asynchronously as Lambda does, as far as the shipper needs it, with a process for each attempt.

After an error or a time-out the same event is delivered twice more. Then a record of it goes to the on-failure bucket,
under the name and in the form that AWS documents ("Asynchronous invocation", "Retaining records"). Lambda waits one and
two minutes between the attempts; here it is `waits_seconds`.

As a program (`python -m tests.invoking HANDLER SECONDS`) it is that process. It reads the event from standard input and
prints the handler's answer. After an exception it prints the error's record and exits with status 1.
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
    """A deployed function: its handler, environment and time-out, and the destination of its failures."""

    handler: str
    environ: dict[str, str]
    s3: Any
    bucket: str
    timeout_seconds: float = 30
    waits_seconds: Sequence[float] = (0.2, 0.4)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def invoke_async(self, event: dict[str, Any]) -> bool:
        """Deliver an event as Lambda does. Return whether it was taken; if not, its record is in the bucket."""
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
        """Run the handler once, in a process that is killed when its time is up. Return the error, or None."""
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
    except Exception as error:  # every error of a handler becomes its record
        print(json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}), file=sys.stderr)
        sys.exit(1)
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
