"""Text that only quotes a prediction holds none: whoever gets text into a log must not speak for the model."""

import json
from typing import Any

import pytest

from lambda_shipper.checking import check
from lambda_shipper.config import Config

SAID = {"prediction": {"label": "spam", "score": 0.99}}
TRUTH = {"prediction": {"id": "p-1"}, "actual": {"label": "spam"}}
REQUEST = {"httpMethod": "POST", "headers": {"host": "desk"}, "path": "/classify"}

FORMS: dict[str, Any] = {
    "words before it": "user says {}",
    "words behind it": "got {} from a caller",
    "an error of a parser": "ERROR could not parse {}: no such key",
    "a traceback": 'Traceback (most recent call last):\n  File "app.py", line 3\nValueError: {}',
    "a traceback behind a log prefix": "[ERROR]\t2026-01-02T03:04:05Z\tr-1\tValueError: {}\nTraceback (most recent):",
    "in single quotes": "INFO input was '{}'",
    "in backticks": "INFO `{}`",
    "a received body": "2026-01-02T03:04:05Z INFO desk: received body {}",
    "a payload with an equals sign": "INFO payload={}",
    "an event": "event: {}",
    "a header": "X-Note: {}",
    "a prompt and its answer": "prompt: classify this. answer: {}",
    "a second line of a text": "the customer wrote:\n{}",
    "an SQL statement": "INSERT INTO notes VALUES ({})",
    "an address": "GET /classify?note={} HTTP/1.1",
    "a named value in words": "the caller sent prediction={}",
    "text of the input": {"level": "INFO", "message": "scored", "text": "{}"},
    "a user agent": {"level": "INFO", "message": "request", "user_agent": "{}"},
    "any key with a text": {"message": "comment saved", "comment": "{}"},
    "a text in a list": {"message": "tags", "tags": ["a", "{}"]},
    "headers": {"message": "request", "headers": {"x-note": "{}"}},
    "the body of a request": {**REQUEST, "body": "{}"},
    "a request inside": {"message": "in", "event": {**REQUEST, "body": "{}"}},
    "a queue's record": {"Records": [{"messageId": "m", "body": "{}"}]},
    "query parameters": {"message": "in", "queryStringParameters": {"q": "{}"}},
    "an error's message": {"errorType": "ValueError", "errorMessage": "bad line: {}", "stackTrace": []},
    "a whole error": {"level": "ERROR", "message": "failed", "exception": "{}"},
    "a generated text": {"message": "answered", "completion": "{}"},
    "a chat": {"message": "answered", "choices": [{"text": "{}"}]},
    "words in a message": {"level": "INFO", "message": "customer wrote {}"},
    "a message with words behind": {"level": "WARN", "message": "{} is no valid input"},
    "an object of a request": {"message": "in", "request": "OBJECT"},
    "an object of an input": {"message": "in", "input": "OBJECT"},
}


def filled(form: Any, value: Any) -> str:
    """Return the line of a form: each `{}` is the value's JSON as text, and `OBJECT` is the value itself."""
    if isinstance(form, str):
        return form.replace("{}", json.dumps(value))

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: put(item) for key, item in part.items()}
        if isinstance(part, list):
            return [put(item) for item in part]
        if part == "OBJECT":
            return value
        return part.replace("{}", json.dumps(value)) if isinstance(part, str) else part

    return json.dumps(put(form))


@pytest.mark.parametrize("value", [SAID, TRUTH], ids=["prediction", "truth"])
@pytest.mark.parametrize("name", FORMS)
def test_quoted_form_is_kept_raw_and_neither_prediction_nor_truth(name: str, value: Any) -> None:
    made = check(filled(FORMS[name], value))

    assert [(each.is_raw, each.document["shipper"]["kept_raw"]["reason"]) for each in made] == [(True, "quoted")]


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[INFO]\t2026-01-02T03:04:05.678Z\t8f0e3c1a-2f5b-4d11\t{}\n",
        "2026-01-02 03:04:05,678 - desk.scoring - INFO - {}",
        "2026-01-02T03:04:05.678901Z  INFO desk: {}",
        "INFO:root:{}",
        "INFO:     {}",
        "03:04:05.678 [main] INFO  com.acme.Desk -- {}",
        "2026-01-02 03:04:05.678 | INFO     | __main__:handler:9 - {}",
        "2026-01-02T03:04:05.678901234Z stdout F {}",
        "Jan  2 03:04:05 host desk[123]: {}",
        "web-1  | {}",
        "predicted {}",
        "2026-01-02 INFO result: {}",
        "I0102 03:04:05.678901    7 desk.cc:12] {}",
        "{} and more",
    ],
)
def test_line_behind_what_a_logger_puts_before_it_is_said(line: str) -> None:
    [made] = check(line.replace("{}", json.dumps(SAID)))

    assert not made.is_raw
    assert made.document["prediction"] == SAID["prediction"]


def test_a_setting_names_the_key_of_an_unusual_envelope() -> None:
    line = json.dumps({"level": "INFO", "zeile": json.dumps(SAID)})

    [quoted] = check(line)
    [said] = check(line, Config(opensearch_url="http://127.0.0.1:9", envelopes=("zeile",)))

    assert quoted.is_raw
    assert said.document["prediction"] == SAID["prediction"]


@pytest.mark.parametrize(
    "line", ['{"message": "a", "comment": "my prediction: rain"}', "the customer wrote about a prediction"]
)
def test_prose_in_a_quote_is_ignored(line: str) -> None:
    assert check(line) == []
