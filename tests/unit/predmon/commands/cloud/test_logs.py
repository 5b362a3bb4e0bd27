"""`predmon logs`: what a function of the stack logged."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from predmon.commands.cloud.logs import logs
from predmon.local.emulator import Emulator
from tests.unit.predmon.commands.conftest import Server

NOON = 1_795_435_200_000
"""2026-11-23T12:00Z in milliseconds, as CloudWatch Logs counts."""


def printed(*words: str) -> Result:
    return CliRunner().invoke(logs, words)


@pytest.fixture
def stack(server: Server) -> Server:
    server.has_stack(ShipperFunctionName="ship")
    configuration = {"FunctionName": "ship", "LoggingConfig": {"LogGroup": "/own/group"}}
    server.answers["GET /2015-03-31/functions/ship/configuration"] = configuration
    return server


def has_logged(stack: Server, *messages: str) -> None:
    stack.answers["POST /"] = {"events": [{"timestamp": NOON, "message": each} for each in messages]}


def test_errors_are_counted_before_the_lines(stack: Server) -> None:
    # Lambda makes one event of what was raised, the emulator one of each line.
    has_logged(stack, "START", "[ERROR] KeyError: 'a'\nTraceback …", "Traceback …", "KeyError: 'a'", "[fine] {}")

    lines = printed("shipper").output.splitlines()

    assert lines[0].startswith("shipper since ")
    assert lines[1] == "5 lines, 2 errors"
    assert lines[2] == "2 x KeyError: 'a'"
    assert lines[3].endswith(":00 START")
    assert lines[-1].endswith(" [fine] {}")


def test_the_functions_own_group_is_asked_for_the_time_that_is_wanted(stack: Server) -> None:
    has_logged(stack)

    result = printed("shipper", "--since", "2026-11-22T10:00")

    asked = json.loads(next(body for name, body in stack.requests if name == "POST /"))
    assert asked["logGroupName"] == "/own/group"
    assert asked["startTime"] == 1_795_341_600_000
    assert "has logged nothing since 2026-11-22 10:00 UTC" in result.output


def test_a_function_that_was_not_deployed_is_said_to_be_none(stack: Server) -> None:
    assert "without the function inference" in str(printed("inference").exception)


def test_what_the_shipper_reported_is_added_up(stack: Server) -> None:
    report = {"_aws": {}, "indexed": 3, "ignored": 1, "kept_raw": 0, "failed": 2}
    has_logged(stack, json.dumps(report), f"[INFO] {json.dumps(report)}", '{"indexed": 5}', "{broken")

    assert printed("shipper").output.splitlines()[2] == "indexed 6, ignored 2, kept raw 0, failed 4"


def test_the_logs_of_the_local_cloud_are_read_without_its_engine(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PREDMON_TARGET", "")
    monkeypatch.setenv("PREDMON_HOME", str(tmp_path))
    monkeypatch.setattr(Emulator, "url", server.url)
    variables = {"AWS_ENDPOINT_URL": server.url, "AWS_REGION": "eu-central-1"}
    variables |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    (tmp_path / "env").write_text("".join(f"export {name}={value}\n" for name, value in variables.items()))
    (tmp_path / "outputs.json").write_text(json.dumps({"PredictionMonitoring": {"ShipperFunctionName": "ship"}}))
    server.answers["GET /2015-03-31/functions/ship/configuration"] = {"FunctionName": "ship"}
    has_logged(server, "[ERROR] ConnectionError: refused")

    assert "1 x ConnectionError: refused" in printed("shipper").output
