"""`predmon send --lines`: which time each log line gets, and what is said of them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from rich.console import Console

from predmon.commands.deployment.target import Target
from predmon.commands.sending import lines as sending_lines
from predmon.commands.sending.lines import find_moment, send_lines, spread
from predmon.commands.sending.send import send
from predmon.errors import UserError
from tests.unit.predmon.commands.conftest import Server

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
PLAIN = '{"prediction": {"label": "spam"}}'


@pytest.mark.parametrize(
    "line",
    [
        '{"timestamp": "2026-11-28T12:00:00Z", "prediction": 1}',
        '{"time": "2026-11-28T13:00:00+01:00"}',
        '{"@timestamp": "2026-11-28T12:00:00.000Z"}',
        '{"ts": 1795867200}',
        '{"ts": 1795867200.0}',
        '{"ts": 1795867200000}',
        '{"ts": 1795867200000000}',
        '{"ts": 1795867200000000000}',
        '{"asctime": "2026-11-28 12:00:00,000"}',
        "2026-11-28T12:00:00Z INFO prediction",
        "[INFO]\t2026-11-28T12:00:00.000Z\t8c7\tprediction",
        "INFO 2026-11-28 12:00:00,000 prediction",
    ],
)
def test_the_time_of_a_line_is_found(line: str) -> None:
    assert find_moment(line) == NOON_MS


@pytest.mark.parametrize(
    "line",
    [PLAIN, '{"ts": true}', '{"ts": 12}', '{"time": "noon"}', "[1]", '"2026"', "x" * 80 + "2026-11-28T12:00:00Z"],
)
def test_a_line_without_a_time_has_none(line: str) -> None:
    assert find_moment(line) is None


def test_a_line_without_a_time_has_that_of_the_line_before() -> None:
    timed = '{"timestamp": "2026-11-27T12:00:00Z"}'

    placed = spread([PLAIN, timed, PLAIN], None, NOON)

    assert [line.moment_ms for line in placed] == [NOON_MS, NOON_MS - 86_400_000, NOON_MS - 86_400_000]
    assert [line.message for line in placed] == [PLAIN, timed, PLAIN]


def test_lines_over_a_time_are_evenly_spread() -> None:
    placed = spread([PLAIN] * 4, timedelta(hours=4), NOON)

    assert [(NOON_MS - line.moment_ms) / 3_600_000 for line in placed] == [3.5, 2.5, 1.5, 0.5]


@pytest.fixture
def target(server: Server) -> Target:
    outputs = {"LogGroupNames": "/a,/b", "ShipperFunctionName": "shipper"}
    server.answers["GET /2015-03-31/functions/shipper/configuration"] = {"FunctionName": "shipper"}
    report = {"_aws": {}, "events": 2, "indexed": 1, "kept_raw": 1, "ignored": 0, "actuals": 0, "failed": 0}
    server.answers["POST /"] = {"events": [{"message": json.dumps(report), "timestamp": 1, "eventId": "1"}]}
    return Target(outputs, boto3.Session("a", "b", region_name="eu-central-1"), server.url)


def test_what_became_of_the_lines_is_said(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    send_lines(target, spread([PLAIN, PLAIN, "a line of another kind"], None, NOON), "/b", Console())

    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("sent 3 lines to /b 1 line without the word `prediction`, which the filter does not deliver")
    assert "indexed 1, ignored 0, kept raw 1, actuals 0, failed 0" in said
    assert "predmon check-line" in said


def test_lines_that_the_shipper_never_reports_are_an_error(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_lines, "WAIT_SECONDS", 0)

    with pytest.raises(UserError, match="Not reported by the shipper within 0 s: 1 line"):
        send_lines(target, spread([PLAIN] * 3, None, NOON), None, Console())


def test_a_group_that_is_not_attached_is_refused(target: Target) -> None:
    with pytest.raises(UserError, match=r"/c is not attached\. Attach it: predmon up -c log_groups\+=/c"):
        send_lines(target, spread([PLAIN], None, NOON), "/c", Console())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--lines", "--truth", "label"], "--truth is about sentences"),
        (["--log-group", "/a"], "so it needs --lines"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, options: list[str], says: str) -> None:
    (tmp_path / "a.log").write_text(PLAIN)

    refused = CliRunner().invoke(send, [str(tmp_path / "a.log"), "--over", "1h", *options])

    assert says in str(refused.exception)
