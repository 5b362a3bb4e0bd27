"""`predmon send --over`: which lines are written for which time, which windows are compared, and what is true."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import boto3
import click
import pytest
from click.testing import CliRunner

from predmon.commands.deployment.target import Target
from predmon.commands.sending import past_lines as past_lines_module
from predmon.commands.sending.past import _say_drift, judge_windows
from predmon.commands.sending.past_lines import Line, actual_lines, batches, past_lines, write_lines
from predmon.commands.sending.send import send
from predmon.commands.sending.spreading import Length, Past, plan
from predmon.errors import UserError
from predmon.sentences import read_truths
from predmon.terminal import Terminal
from tests.unit.predmon.commands.conftest import Server

ROOT = Path(__file__).resolve().parents[5]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONFIGURATION = "GET /2015-03-31/functions/{}/configuration"


@pytest.fixture
def target(server: Server) -> Target:
    """A local cloud whose drift function wants 50 predictions an hour."""
    variables = {"OPENSEARCH_URL": "http://127.0.0.1:1", "MINIMUM": "50", "WINDOW_MINUTES": "60"}
    server.answers[CONFIGURATION.format("drift")] = {"FunctionName": "drift", "Environment": {"Variables": variables}}
    server.answers[CONFIGURATION.format("model")] = {"FunctionName": "model", "LoggingConfig": {"LogGroup": "/model"}}
    outputs = {"DriftFunctionName": "drift", "InferenceFunctionName": "model"}
    return Target(outputs, boto3.Session("a", "b", region_name="eu-central-1"), server.url)


@pytest.mark.parametrize(("text", "length"), [("24h", 24 * HOUR), ("90m", 1.5 * HOUR), ("13d", 13 * 24 * HOUR)])
def test_a_length_of_time_is_a_number_with_a_unit(text: str, length: timedelta) -> None:
    assert Length().convert(text, None, None) == length


@pytest.mark.parametrize(("text", "said"), [("14d", "at most the last 13 days"), ("0h", "no length"), ("a day", "24h")])
def test_another_length_is_refused(text: str, said: str) -> None:
    with pytest.raises(click.BadParameter, match=said):
        Length().convert(text, None, None)


def test_sentences_repeat_until_every_window_has_its_minimum(target: Target) -> None:
    planned = plan(target, Past(["One.", "Two.", "Three."], 3 * HOUR, NOON))

    hours = Counter(datetime.fromtimestamp(moment / 1000, UTC).hour for moment, _ in planned)
    assert hours == {9: 50, 10: 50, 11: 50}
    assert Counter(sentence for _, sentence in planned) == {"One.": 50, "Two.": 50, "Three.": 50}
    assert planned == sorted(planned, key=lambda each: each[0])


def test_a_long_file_is_sent_whole_and_once(target: Target) -> None:
    sentences = [f"{number}." for number in range(120)]

    planned = plan(target, Past(sentences, HOUR, NOON))

    assert sorted(sentence for _, sentence in planned) == sorted(sentences)


def test_the_last_two_hours_bring_other_sentences(target: Target) -> None:
    planned = plan(target, Past(["One.", "Two."], 3 * HOUR, NOON, lately=["Shifted."]))

    assert [sentence == "Shifted." for _, sentence in planned] == [False] * 50 + [True] * 100
    assert planned[50][0] >= (NOON - 2 * HOUR).timestamp() * 1000
    with pytest.raises(UserError, match="--then fills the last 2 hours, so --over must be longer"):
        Past(["One."], 2 * HOUR, NOON, lately=["Shifted."])


def test_a_third_of_the_predictions_that_are_two_hours_old_gets_its_truth() -> None:
    noon_ms = int(NOON.timestamp() * 1000)
    lines = [Line(noon_ms - hours * 3_600_000, "", "", f"id-{hours}", "One.") for hours in range(9, 0, -1)]
    lines += [Line(0, "", "", "unlabelled", "Two.")]

    written = actual_lines(lines, {"One.": "acceptable"}, NOON)

    assert [json.loads(each.message) for each in written] == [
        {"prediction": {"id": f"id-{hours}"}, "actual": {"label": "acceptable"}} for hours in (9, 6, 3)
    ]
    assert [each.moment_ms for each in written] == [noon_ms - hours * 3_600_000 + 1_800_000 for hours in (9, 6, 3)]


def test_the_truth_is_a_column_of_the_table(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("sentence;label\nOne.;acceptable\nTwo.;\n")

    assert read_truths(file, None, "Label") == {"One.": "acceptable"}
    with pytest.raises(UserError, match=r"has no column `kind`\. Its columns are: sentence, label"):
        read_truths(file, None, "kind")
    with pytest.raises(UserError, match="FILE must be a table"):
        read_truths(Path("-"), None, "label")


def test_a_past_is_described_only_with_its_length(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sentence,label\nOne.,acceptable\n")

    result = CliRunner().invoke(send, [str(tmp_path / "a.csv"), "--truth", "label"])

    assert "need --over" in str(result.exception)


def test_a_stack_without_drift_repeats_nothing(target: Target) -> None:
    del target.outputs["DriftFunctionName"]

    assert len(plan(target, Past(["One.", "Two."], 24 * HOUR, NOON))) == 2


def test_the_lines_are_those_of_the_deployed_function(
    target: Target, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_lines_module, "deployed_model", lambda _: ROOT / "inference_lambda/model")
    server.answers[CONFIGURATION.format("model")]["Environment"] = {"Variables": {"STORE_TEXT": "none"}}
    refused: Counter[str] = Counter()

    lines = past_lines(target, [(1, "The tap drips."), (2, "x" * 20_001), (3, "The tap drips.")], refused)

    assert [line.moment_ms for line in lines] == [1, 3]
    first, second = (json.loads(line.message) for line in lines)
    assert first["prediction"]["label"] == "acceptable"
    assert first["model"]["name"] == "cola-minilm"
    assert "text" not in first
    assert [first["request_id"], second["request_id"]] == [line.request_id for line in lines]
    assert first["request_id"] != second["request_id"]
    assert [first["prediction_id"], second["prediction_id"]] == [line.prediction_id for line in lines]
    assert [UUID(each["prediction_id"]).int >> 80 for each in (first, second)] == [1, 3]
    assert refused == {"a sentence has more than 20000 characters": 1}


def test_batches_are_what_cloudwatch_takes() -> None:
    day_ms = 24 * 3600 * 1000
    lines = [
        Line(0, "a"),
        Line(day_ms - 1, "a"),
        Line(day_ms, "x" * 800_000),
        Line(day_ms, "y" * 200_000),
    ]
    lines += [Line(day_ms, "z")] * 1600

    assert [len(batch) for batch in batches(lines)] == [2, 1, 1500, 101]
    assert list(batches([])) == []


def test_lines_go_into_the_log_group_of_the_models_function(target: Target, server: Server) -> None:
    server.answers["POST /"] = {}

    write_lines(target, [Line(2, '{"b": 1}'), Line(1, '{"a": 1}')])

    _, put = [json.loads(body) for name, body in server.requests if name == "POST /"]
    assert put["logGroupName"] == "/model"
    assert put["logEvents"] == [{"timestamp": 1, "message": '{"a": 1}'}, {"timestamp": 2, "message": '{"b": 1}'}]


def test_an_interrupt_says_how_many_lines_were_written(
    target: Target, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["POST /"] = {}

    def interrupted(items: list[list[Line]], *_: object, **__: object) -> Iterator[list[Line]]:
        yield items[0]
        raise KeyboardInterrupt

    monkeypatch.setattr(past_lines_module, "track", interrupted)

    with pytest.raises(KeyboardInterrupt, match="wrote 1,500 of 2,000 log lines"):
        write_lines(target, [Line(1, "{}")] * 2000)


def test_each_window_is_compared_once_the_oldest_first(target: Target, server: Server) -> None:
    invoked = "POST /2015-03-31/functions/drift/invocations"
    server.answers[invoked] = {"runs": [{"verdict": "stable"}]}

    runs = judge_windows(target, 2 * HOUR, NOON)

    assert [json.loads(body) for name, body in server.requests if name == invoked] == [
        {"from": "2026-11-25T10:00:00+00:00", "time": "2026-11-25T11:00:00+00:00"},
        {"from": "2026-11-25T11:00:00+00:00", "time": "2026-11-25T12:00:00+00:00"},
    ]
    assert [run["verdict"] for run in runs] == ["stable", "stable"]


def test_what_is_good_and_what_drifts_since_when_is_said_in_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    words = "share of “b” 2 % → 9 %; share of score below 0.9 1 % → 5 %; since 2026-11-25 10:00 UTC; compared with x"
    drifting = {"verdict": "drift", "words": words, "model": {"version": "7"}}

    _say_drift([{"verdict": "stable"}, {"verdict": "not enough data"}, {"verdict": "stable"}, drifting], Terminal())

    assert " ".join(capsys.readouterr().out.split()) == (
        "Good: 2 of 4 windows stable, 1 not enough data, 1 drift "
        "Drift of version 7 since 2026-11-25 10:00 UTC: share of “b” 2 % → 9 %; share of score below 0.9 1 % → 5 %"
    )


def test_a_stack_on_aws_gets_no_past(server: Server, tmp_path: Path) -> None:
    server.has_stack(InferenceFunctionName="model")
    (tmp_path / "a.txt").write_text("One.\n")

    result = CliRunner().invoke(send, [str(tmp_path / "a.txt"), "--over", "24h"])

    assert isinstance(result.exception, UserError)
    assert "works only on the local cloud" in str(result.exception)
