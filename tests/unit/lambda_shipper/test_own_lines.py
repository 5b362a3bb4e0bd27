"""No loop: what this project's own functions logged is dropped and counted, without a line that could match again."""

import json
from typing import Any

import pytest

from lambda_shipper import kinesis
from lambda_shipper.handler import handler
from stacks.constructs.subscriptions import PATTERN
from tests.shipping import Context, Memory, Wire, log_events, payload, prediction
from tests.unit.lambda_shipper.test_kinesis import batch

OWN = "PredictionMonitoring-ShipperLogsC5150F11-Ab3dEfGh1jKl"
NEIGHBOUR = "PredictionMonitoring-predictions-ShipperLogs3A0D7E55-Ab3dEfGh1jKl"


@pytest.fixture
def environment(domain: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in domain.config().to_env().items():
        monkeypatch.setenv(name, value)


def invoke(lines: list[str], log_group: str) -> dict[str, int]:
    return handler(payload(log_events(lines), logGroup=log_group), Context(seconds=5))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("log_group", [OWN, NEIGHBOUR])
def test_a_batch_of_an_own_group_is_dropped_without_a_line_that_matches(
    log_group: str, domain: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke([prediction(1), prediction(2)], log_group)

    written = capsys.readouterr().out
    assert json.loads(written) == {"own_lines_dropped": 2}
    assert PATTERN not in written.lower()
    assert domain.requests == []


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("watched", [[OWN], [OWN, NEIGHBOUR]])
def test_whatever_watches_itself_or_another_one_ends(
    watched: list[str], memory: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    invocations = 0
    waiting = [("/aws/lambda/reviews", [prediction(1)])]
    while waiting:
        invocations += 1
        assert invocations < 20
        invoke(waiting[0][1], waiting.pop(0)[0])
        matching = [line for line in capsys.readouterr().out.splitlines() if PATTERN in line]
        waiting += [(group, matching) for group in watched if matching]

    assert invocations == 1 + len(watched)
    assert len(memory.documents) == 1


@pytest.mark.usefixtures("environment")
def test_own_lines_among_others_in_a_stream_leave_the_others_alone(
    memory: Memory, capsys: pytest.CaptureFixture[str]
) -> None:
    records: list[dict[str, Any]] = [
        batch(1, [prediction(1)], logGroup=OWN),
        batch(2, [prediction(2)]),
        batch(3, [prediction(3)], logGroup=NEIGHBOUR),
    ]

    kinesis.handler({"Records": records}, Context(seconds=5))

    dropped, report = map(json.loads, capsys.readouterr().out.splitlines())
    assert dropped == {"own_lines_dropped": 2}
    assert (report["events"], report["indexed"]) == (1, 1)
    assert {document["@log_group"] for document in memory.documents.values()} == {"/aws/lambda/inference"}
