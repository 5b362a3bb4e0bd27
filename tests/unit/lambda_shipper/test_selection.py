"""Which lines are predictions, wherever in the line they sit."""

import json
from typing import Any

import pytest

from lambda_shipper.decoding import decode
from lambda_shipper.selection import Unreadable, find_prediction, select
from tests.shipping import log_events, payload

FOUND: dict[str, Any] = {"text": "Hi.", "prediction": {"label": "acceptable", "score": 0.9}}
LINE = json.dumps(FOUND)


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE + "\n",
        "  " + LINE,
        f"[INFO]\t2026-11-22T12:00:00.000Z\t8f0e3c1a-2f5b\t{LINE}\n",
        f"2026-11-22 {{worker 3}} {{}} done: {LINE}",
        json.dumps({"timestamp": "2026-11-22T12:00:00Z", "level": "INFO", "message": FOUND, "requestId": "8f0e"}),
        json.dumps({"timestamp": "2026-11-22T12:00:00Z", "level": "INFO", "message": LINE, "requestId": "8f0e"}),
        json.dumps({"level": "INFO", "message": f"predicted {LINE}"}),
        json.dumps(FOUND, indent=2),
    ],
)
def test_prediction_is_found(line: str) -> None:
    assert find_prediction(line) == FOUND


@pytest.mark.parametrize("value", [3.5, None, [], ["a", "b"], {"labels": {"a": 0.1}}, "spam", True])
def test_prediction_may_be_anything(value: Any) -> None:
    assert find_prediction(json.dumps({"prediction": value})) == {"prediction": value}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "START RequestId: 8f0e3c1a Version: $LATEST",
        "loading the prediction model",
        "{}",
        '{"level": "INFO", "message": "no prediction today"}',
        '{"level": "INFO", "message": {"text": "about prediction"}}',
        '{"nested": {"prediction": 1}}',
        '{"text": "broken',
        '"prediction',
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert find_prediction(line) is None


@pytest.mark.parametrize(
    "line",
    [
        LINE[:-1],
        LINE + " and more",
        '{"text": "a" "prediction": 1}',
        f"[{LINE}]",
        json.dumps({"message": LINE[:-1]}),
        json.dumps({"message": LINE})[:-1],
        '{"prediction": ' + "[" * 10_000 + "]" * 10_000 + "}",
    ],
    ids=range(7),
)
def test_broken_line_that_says_prediction_is_kept(line: str) -> None:
    found = find_prediction(line)

    assert isinstance(found, Unreadable)
    assert found.reason == "broken_json"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("18446744073709551615", 18446744073709551615),
        ("9" * 5000, None),
        (r'"\ud800"', "�"),
        (r'"\ud83d\ude42"', "🙂"),
    ],
)
def test_what_python_writes_but_json_does_not_know_is_read(written: str, read: Any) -> None:
    assert find_prediction(f'{{"prediction": {{"score": {written}, "nan": NaN}}}}') == {
        "prediction": {"score": read, "nan": None}
    }


def test_last_of_duplicate_keys_wins_as_in_python() -> None:
    assert find_prediction('{"prediction": 1, "prediction": 2}') == {"prediction": 2}


def test_control_message_yields_no_documents() -> None:
    batch = decode(payload(log_events([LINE]), messageType="CONTROL_MESSAGE"), 10_000)
    selection = select(batch)

    assert list(selection) == []
    assert selection.ignored == 1


def test_ignored_lines_are_counted() -> None:
    batch = decode(payload(log_events([LINE, "START", LINE[:-1], "END"])), 10_000)
    selection = select(batch)

    assert len(list(selection)) == 2
    assert selection.ignored == 2
