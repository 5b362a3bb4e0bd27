"""The requests that our own code sends to AWS, against botocore's service models: `python -m checks.requests`.

botocore itself checks types and what is required, and leaves lengths, patterns and enumerations to the service. Here
they are checked too, for requests with the longest names and the oddest characters that this project can send.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import orjson
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from lambda_shipper.config import Config as ShipperConfig
from lambda_shipper.delivery.outcome import Outcome, Rejected
from lambda_shipper.delivery.rejection import store
from lambda_shipper.documents.chunks import Action
from lambda_shipper.domain.answers import Item, Reply
from lambda_shipper.reading.decoding import LogEvent
from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule, Verdict
from monitors.drift.reports.events import make_event
from monitors.drift.reports.report import publish
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import make_categories
from monitors.reporting.events import send
from monitors.reporting.periods import Group, Period

LONGEST_SIGNAL = "customer." + "f" * 240
GROWING = ("OpenSearchPartitionInstanceType",)
"""Enumerations to which the service adds values before its model does."""
CLASSES = {"P": r"!-/:-@\[-`{-~", "S": r"!-/:-@\[-`{-~", "Z": r"\s"}
"""Kinds of characters in a pattern, as Python has them inside brackets; all others are letters and digits."""


def problems(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """Yield what the service would refuse of `value` and all in it: lengths, ranges, patterns, enumerations."""
    limits = shape.metadata
    size = (
        value
        if isinstance(value, int | float)
        else len(value)
        if isinstance(value, str | bytes | list | dict)
        else None
    )
    if size is not None and not isinstance(value, bool):
        if "min" in limits and size < limits["min"]:
            yield f"{where}: {size} is below {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"{where}: {size} is above {limits['max']}"
    if isinstance(value, str):
        if limits.get("enum") and shape.name not in GROWING and value not in limits["enum"]:
            yield f"{where}: {value!r} is not one of {', '.join(limits['enum'])}"
        if (pattern := limits.get("pattern")) and not _matches(pattern, value):
            yield f"{where}: {value[:80]!r} does not match {pattern}"
    if isinstance(value, Mapping) and isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield from problems(shape.members[name], inner, f"{where}.{name}")
    elif isinstance(value, Mapping) and isinstance(shape, MapShape):
        for name, inner in value.items():
            yield from problems(shape.key, name, f"{where}.{name}")
            yield from problems(shape.value, inner, f"{where}.{name}")
    elif isinstance(value, list | tuple) and isinstance(shape, ListShape):
        for number, inner in enumerate(value):
            yield from problems(shape.member, inner, f"{where}[{number}]")


def _matches(pattern: str, value: str) -> bool:
    """Return whether all of `value` matches; a pattern in Java's or Perl's dialect that Python lacks matches all."""
    pattern = re.sub(r"\\p\{([A-Z])[A-Za-z]*\}", lambda found: CLASSES.get(found[1], r"\w"), pattern)
    pattern = re.sub(r"\\[uU]([0-9A-Fa-f]{4})", lambda found: re.escape(chr(int(found[1], 16))), pattern)
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


class Recorder:
    """A client that sends nothing: it holds each request to the service's model and answers with little."""

    def __init__(self, service: str) -> None:
        session = botocore.session.get_session()
        session.set_credentials("nobody", "nobody")  # nothing is sent
        self._client = session.create_client(service, region_name="eu-central-1")
        self.found: list[str] = []
        self.sent = 0

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        """Return a method that checks its parameters, for any operation of the service."""
        model = self._client.meta.service_model.operation_model(self._client.meta.method_to_api_mapping[operation])
        shape = model.input_shape
        assert shape

        def call(**parameters: Any) -> dict[str, Any]:
            self.sent += 1
            report = ParamValidator().validate(parameters, shape)
            self.found += [report.generate_report()] if report.has_errors() else []
            self.found += problems(shape, parameters, model.name)
            return {"FailedEntryCount": 0}

        return call


def _drift(cloudwatch: Recorder, events: Recorder) -> None:
    """Send what the drift function sends, for groups with the longest names and the oddest signals."""
    end = datetime(2026, 5, 1, tzinfo=UTC)
    period = Period(end - timedelta(hours=1), end)
    frozen = {LONGEST_SIGNAL: make_categories({"a": 1380, "“b” 🙂": 620})}
    current = {LONGEST_SIGNAL: make_categories({"a": 1060, "“b” 🙂": 940})}
    findings = tuple(judge(frozen, current, Rule()))
    runs = [
        Run(Group(f"/aws/lambda/{number:0>500}", "v" * 256), period, 2000, Verdict.DRIFT, "words", findings)
        for number in range(1100)
    ]
    publish(cloudwatch, runs, "PredictionMonitoring-" + "n" * 20, of_signals=True)
    for run in runs[:2]:
        send(events, make_event(run))


def _reject(s3: Recorder) -> None:
    """Put what the shipper puts for a document that the domain takes in no form."""
    target = orjson.dumps({"index": {"_index": "cwl-2026.01.01", "_id": "ü/" * 200}})
    event: LogEvent = {"id": "1", "timestamp": 1, "message": ""}
    action = Action(event, "/aws/lambda/model", target + b'\n{"text": "a"}\n')
    outcome = Outcome()
    outcome.rejected.append(Rejected(action, Item(Reply.REFUSED, "reason", "detail")))
    store(outcome, ShipperConfig(opensearch_url="https://domain", failure_bucket="b" * 63), s3)


def main() -> None:
    """Build the requests and check them. Print one line for each problem, and return status 1 if there are any."""
    clients = {service: Recorder(service) for service in ("cloudwatch", "events", "s3")}
    _drift(clients["cloudwatch"], clients["events"])
    _reject(clients["s3"])
    found = [each for client in clients.values() for each in client.found]
    silent = [service for service, client in clients.items() if not client.sent]
    found += [f"{service}: no request was built, so nothing was checked" for service in silent]
    sent = sum(client.sent for client in clients.values())
    print("\n".join(dict.fromkeys(found)) or f"{sent} requests to {', '.join(clients)} keep to the services' models.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
